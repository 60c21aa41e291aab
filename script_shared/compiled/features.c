/* The features of a request's candidates: gathers their inputs, and computes the features after numpy has taken the
 * logarithms.
 *
 * Sums are rounded after every operation, as numpy does, so that both compute the same features. numpy takes the
 * logarithms, because those of the C library may differ in the last bit.
 */
#include <stdint.h>
#include <stdlib.h>

#define OVERALL 7 /* windows, as in counting/windows.py */
#define GROUP 3
#define DIMENSIONS 11 /* as in state/audiences.py */
#define TOGETHER 2
#define FOLLOWING 3
#define ONWARD 1
#define LATER 2
#define FLOOR 1e-6f /* the other constants are as in feature_inputs.py */
#define LIFT_FLOOR 1e-4f
enum { SHARE_30M = 2, SHARE_1H = 3, SHARE_24H = 6 };
/* Rows of `logs`, whose logarithms numpy takes. */
enum { LOG_SHARE = 0, LOG_BASE = OVERALL, LOG_GROUP = LOG_BASE + GROUP, LOG_LIFT = LOG_GROUP + GROUP * DIMENSIONS,
       LOG_NEXT = LOG_LIFT + 4, LOG_MIX };
/* Rows of `table`: those of TABLE in feature_inputs.py, then those of EXTRA in feature_table.py. */
enum { TREND = OVERALL, GROUP_SHARE = TREND + 4, GROUP_LIFT = GROUP_SHARE + GROUP * DIMENSIONS,
       LIFTS = GROUP_LIFT + GROUP * DIMENSIONS, AFTER = LIFTS + GROUP, ONWARDS = AFTER + TOGETHER + FOLLOWING,
       LATERS = ONWARDS + ONWARD, AFTER_LIFT = LATERS + LATER, LISTED = AFTER_LIFT + 4, EXTRA = LISTED + 2 };
enum { NEXT_SHARE = EXTRA, MIX, EVIDENCE, SHARE_GAP, READS, TASTE_SHARE, LAST_SHARE, SEGMENT, SECTION };

typedef struct {
    int64_t m, used; /* candidates, rows of the live state */
    const int64_t *rows; /* (m) */
    const float *mix;    /* (m) */
    const float *overall; /* (OVERALL, overall_step) */
    int64_t overall_step;
    const float *groups; /* (GROUP, n_groups, row_step) */
    int64_t n_groups, row_step;
    const int64_t *codes; /* (1 + DIMENSIONS) everybody, and the user's group in each dimension */
    const float *overall_totals; /* (OVERALL) */
    const float *factors;        /* (GROUP) */
    const float *group_totals;   /* (GROUP, 1 + DIMENSIONS) */
    const float *together, *following, *onward, *later; /* (windows, used), NULL for nothing */
    const float *after_last; /* (used) weights of articles read after the visit's last article, NULL without one */
    float after_factor, followed_1, followed_20; /* followed + 1, followed + 20 */
    const int64_t *listed_rows, *listed_places; /* (n_listed) list of the segment's model */
    const float *listed_scores;
    int64_t n_listed;
    const int32_t *sections; /* (used), NULL without a liking */
    const double *liking;    /* (n_liking), by section */
    int64_t n_liking;
    float reads, taste_share, last_share, segment;
} Inputs;

static void gather_rows(const Inputs *of, const float *from, int64_t count, float *to)
{
    for (int64_t w = 0; w < count; w++)
        for (int64_t i = 0; i < of->m; i++)
            to[w * of->m + i] = from ? from[w * of->used + of->rows[i]] : 0.0f;
}

static void gather_groups(const Inputs *of, float *logs)
{
    int64_t m = of->m;
    for (int64_t w = 0; w < GROUP; w++) {
        const float *totals = of->group_totals + w * (1 + DIMENSIONS), *from = of->groups + w * of->n_groups * of->row_step;
        float *base = logs + (LOG_BASE + w) * m, factor = of->factors[w];
        for (int64_t g = 0; g <= DIMENSIONS; g++) {
            const float *sums = from + of->codes[g] * of->row_step;
            float *to = g ? logs + (LOG_GROUP + w * DIMENSIONS + g - 1) * m : base, total = totals[g];
            if (g)
                for (int64_t i = 0; i < m; i++)
                    to[i] = (sums[of->rows[i]] * factor + 50.0f * base[i]) / total;
            else
                for (int64_t i = 0; i < m; i++)
                    to[i] = (sums[of->rows[i]] * factor + 0.02f) / total;
        }
    }
}

/* at: (used) zeros. */
static void gather_list(const Inputs *of, int32_t *at, float *table)
{
    for (int64_t k = 0; k < of->n_listed; k++)
        at[of->listed_rows[k]] = (int32_t)k + 1;
    for (int64_t i = 0; i < of->m; i++) {
        int64_t k = at[of->rows[i]];
        table[LISTED * of->m + i] = k ? (float)(1.0 / (1.0 + (double)of->listed_places[k - 1])) : 0.0f;
        table[(LISTED + 1) * of->m + i] = k ? of->listed_scores[k - 1] : 0.0f;
    }
}

static int are_rows(const int64_t *rows, int64_t n, int64_t used)
{
    for (int64_t i = 0; i < n; i++)
        if (rows[i] < 0 || rows[i] >= used)
            return 0;
    return 1;
}

/* Writes features without a logarithm to `table` (rows, m), and the inputs of logarithms to `logs` (rows, m).
 * numpy also takes the logarithms of 1 + each number in the row EVIDENCE of `table`.
 * Returns 0; -1 if there is no memory, -2 for a row or a group that does not exist.
 */
int64_t gather_features(const Inputs *of, float *table, float *logs)
{
    int64_t m = of->m, status = -1;
    float *shares = malloc(OVERALL * m * sizeof *shares + 1);
    int32_t *at = calloc(of->used + 1, sizeof *at);
    if (!shares || !at)
        goto end;
    status = -2;
    if (!are_rows(of->rows, m, of->used) || !are_rows(of->listed_rows, of->n_listed, of->used) ||
        !are_rows(of->codes, 1 + DIMENSIONS, of->n_groups))
        goto end;
    status = 0;
    for (int64_t w = 0; w < OVERALL; w++)
        for (int64_t i = 0; i < m; i++) {
            shares[w * m + i] = of->overall[w * of->overall_step + of->rows[i]] / of->overall_totals[w];
            logs[(LOG_SHARE + w) * m + i] = shares[w * m + i] + FLOOR;
        }
    gather_groups(of, logs);
    gather_rows(of, of->together, TOGETHER, table + AFTER * m);
    gather_rows(of, of->following, FOLLOWING, table + (AFTER + TOGETHER) * m);
    gather_rows(of, of->onward, ONWARD, table + ONWARDS * m);
    gather_rows(of, of->later, LATER, table + LATERS * m);
    gather_list(of, at, table);
    const int64_t after[] = {AFTER + 1, AFTER + TOGETHER + 1, LATERS + 1, ONWARDS};
    const int64_t by[] = {SHARE_1H, SHARE_1H, SHARE_24H, SHARE_30M};
    for (int64_t k = 0; k < 4; k++)
        for (int64_t i = 0; i < m; i++)
            logs[(LOG_LIFT + k) * m + i] =
                (table[after[k] * m + i] + LIFT_FLOOR) / (shares[by[k] * m + i] + LIFT_FLOOR);
    for (int64_t i = 0; i < m; i++) {
        float following = table[(AFTER + TOGETHER + 1) * m + i], share = shares[SHARE_1H * m + i];
        logs[LOG_NEXT * m + i] = (following * of->followed_1 + 20.0f * share) / of->followed_20 + FLOOR;
        logs[LOG_MIX * m + i] = of->mix[i] + FLOOR;
        float seen = of->after_last ? of->after_last[of->rows[i]] * of->after_factor : 0.0f;
        table[EVIDENCE * m + i] = seen / (10.0f * (shares[SHARE_30M * m + i] + FLOOR));
        int32_t code = of->sections ? of->sections[of->rows[i]] : 0;
        table[SECTION * m + i] = code > 0 && code < of->n_liking ? (float)of->liking[code] : 0.0f;
        table[READS * m + i] = of->reads, table[TASTE_SHARE * m + i] = of->taste_share;
        table[LAST_SHARE * m + i] = of->last_share, table[SEGMENT * m + i] = of->segment;
    }
end:
    free(shares), free(at);
    return status;
}

/* Fills the rest of `table` from `logs`, which now has the logarithms. */
void finish_features(int64_t m, float taste_share, const float *logs, float *table)
{
    const int64_t shorter[] = {0, 1, 3, 5}, longer[] = {1, 3, 5, 6}; /* 2m 10m, 10m 1h, 1h 6h, 6h 24h */
    for (int64_t i = 0; i < OVERALL * m; i++)
        table[i] = logs[LOG_SHARE * m + i];
    for (int64_t k = 0; k < 4; k++)
        for (int64_t i = 0; i < m; i++) {
            table[(TREND + k) * m + i] = logs[shorter[k] * m + i] - logs[longer[k] * m + i];
            table[(AFTER_LIFT + k) * m + i] = logs[(LOG_LIFT + k) * m + i];
        }
    for (int64_t w = 0; w < GROUP; w++) {
        const float *base = logs + (LOG_BASE + w) * m;
        float *sum = table + (LIFTS + w) * m;
        for (int64_t d = 0; d < DIMENSIONS; d++) {
            const float *group = logs + (LOG_GROUP + w * DIMENSIONS + d) * m;
            float *share = table + (GROUP_SHARE + w * DIMENSIONS + d) * m;
            float *lift = table + (GROUP_LIFT + w * DIMENSIONS + d) * m;
            for (int64_t i = 0; i < m; i++) {
                share[i] = group[i];
                lift[i] = group[i] - base[i];
                sum[i] = d ? sum[i] + lift[i] : lift[i];
            }
        }
    }
    for (int64_t i = 0; i < m; i++) {
        table[NEXT_SHARE * m + i] = logs[LOG_NEXT * m + i];
        table[MIX * m + i] = logs[LOG_MIX * m + i];
        table[SHARE_GAP * m + i] = logs[SHARE_1H * m + i] - taste_share;
    }
}
