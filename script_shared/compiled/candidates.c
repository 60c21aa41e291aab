/* Chooses a request's candidates from the rows of the live state, in one pass instead of thirty array operations.
 *
 * Sums are rounded after every operation, as numpy does (the library is compiled with -ffp-contract=off), so that both
 * find the same candidates with the same weights. Ties go to the lower row.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TRENDING_KEPT 20 /* all constants here are as in ranking/candidates.py */
#define FRESH_CLICKS 3
#define FRESH_KEPT 10
enum { TRENDING_10M = 1, TRENDING_1H = 2, SESSION = 4, HISTORY = 8, FRESH = 32 };

/* Whether a comes after b: it has a lower value, or the same value and a higher place. */
static inline int is_after(float a, int64_t at, float b, int64_t bt)
{
    return a < b || (a == b && at > bt);
}

/* Moves the entry at the root of a heap down; the root is the entry that comes last. */
static void sift(float *values, int64_t *places, int64_t root, int64_t size)
{
    float value = values[root];
    int64_t place = places[root];
    for (int64_t child; (child = 2 * root + 1) < size; root = child) {
        if (child + 1 < size && is_after(values[child + 1], places[child + 1], values[child], places[child]))
            child++;
        if (!is_after(values[child], places[child], value, place))
            break;
        values[root] = values[child], places[root] = places[child];
    }
    values[root] = value, places[root] = place;
}

/* Adds an entry to the `size` best so far, of at most `most`; returns how many there are now. */
static int64_t offer(float *values, int64_t *places, int64_t size, int64_t most, float value, int64_t place)
{
    if (size < most) {
        values[size] = value, places[size] = place;
        if (++size == most)
            for (int64_t root = size / 2 - 1; root >= 0; root--)
                sift(values, places, root, size);
    } else if (most && is_after(values[0], places[0], value, place)) {
        values[0] = value, places[0] = place;
        sift(values, places, 0, size);
    }
    return size;
}

/* Sorts a heap, best first. */
static void sort(float *values, int64_t *places, int64_t size, int64_t most)
{
    if (size < most)
        for (int64_t root = size / 2 - 1; root >= 0; root--)
            sift(values, places, root, size);
    while (size-- > 1) {
        float value = values[0];
        int64_t place = places[0];
        values[0] = values[size], places[0] = places[size];
        values[size] = value, places[size] = place;
        sift(values, places, 0, size);
    }
}

/* A value that at least `most` of n values exceed, and few more; more than `most` of them must be above 0.
 *
 * Positive floats have the same order as their bits, so a binary search over the bits ends when little more than `most`
 * values are above; each count is a loop that compilers turn into few instructions.
 */
static float near_highest(const float *values, int64_t n, int64_t most)
{
    uint32_t low = 0, high = 0x7f800000;
    float found = 0.0f;
    for (int step = 0; step < 16; step++) {
        uint32_t middle = low + (high - low) / 2;
        float at;
        int32_t above = 0;
        memcpy(&at, &middle, sizeof at);
        for (int64_t i = 0; i < n; i++)
            above += values[i] > at;
        if (above < most)
            high = middle;
        else
            low = middle, found = at;
        if (above >= most && above <= most + most / 4)
            break;
    }
    return found;
}

/* The places of the `most` highest of n values above `floor`, highest first; returns how many.
 *
 * kept, places: room for `most`; kept gets the values.
 */
int64_t find_best(const float *values, int64_t n, float floor, int64_t most, float *kept, int64_t *places)
{
    int64_t size = 0;
    for (int64_t i = 0; i < n; i++)
        if (values[i] > floor)
            size = offer(kept, places, size, most, values[i], i);
    sort(kept, places, size, most);
    return size;
}

/* What signals.py reads from the live state for one request; an array is NULL if there is nothing to read. */
typedef struct {
    int64_t used;             /* rows */
    const int64_t *number_in; /* (used) -1 for a free row */
    const double *first_ms;   /* (used) */
    const int64_t *clicks;    /* (used) */
    const float *now, *hour;  /* (used) clicks of 10 minutes and of an hour */
    float now_total, hour_total;
    const float *together, *following, *later; /* (used) weights of articles read with or after the user's */
} State;

static int are_rows(const int64_t *rows, int64_t n, int64_t used)
{
    for (int64_t i = 0; i < n; i++)
        if (rows[i] < 0 || rows[i] >= used)
            return 0;
    return 1;
}

static void mark_trending(const float *sums, float total, const int64_t *rows, int64_t m, int16_t bit, int16_t *sources)
{
    float values[TRENDING_KEPT];
    int64_t places[TRENDING_KEPT], size = 0;
    for (int64_t i = 0; i < m; i++)
        size = offer(values, places, size, TRENDING_KEPT, sums[rows[i]] / total, i);
    for (int64_t i = 0; i < size; i++)
        sources[places[i]] |= bit;
}

static void mark_fresh(const State *of, double since, int16_t *brought)
{
    double ages[FRESH_KEPT];
    int64_t rows[FRESH_KEPT], size = 0;
    for (int64_t row = 0; row < of->used; row++) {
        if (!(of->first_ms[row] > since && of->clicks[row] < FRESH_CLICKS))
            continue;
        int64_t at = size < FRESH_KEPT ? size++ : FRESH_KEPT;
        for (; at > 0 && ages[at - 1] < of->first_ms[row]; at--)
            if (at < FRESH_KEPT)
                ages[at] = ages[at - 1], rows[at] = rows[at - 1];
        if (at < FRESH_KEPT)
            ages[at] = of->first_ms[row], rows[at] = row;
    }
    for (int64_t i = 0; i < size; i++)
        brought[rows[i]] |= FRESH;
}

/* The candidate rows of a request: the `count` best by the mix, then those that other parts add.
 *
 * read: rows to leave out; within: (used) rows that may be candidates, NULL for all.
 * extra, bits: rows that other parts add, and the source of each.
 * rows, mix, sources: room for count + n_extra + FRESH_KEPT.
 * Returns how many there are; -1 if there is no memory, -2 for a row that does not exist.
 */
int64_t find_candidates(const State *of, const int64_t *read, int64_t n_read, const uint8_t *within, double since,
                        int64_t count, const int64_t *extra, const int16_t *bits, int64_t n_extra, int64_t *rows,
                        float *mix, int16_t *sources)
{
    int64_t used = of->used, m = 0;
    float *all = malloc(used * sizeof *all + 1);
    int16_t *brought = calloc(used + 1, sizeof *brought);
    uint8_t *barred = malloc(used + 1);
    float *open = malloc(used * sizeof *open + 1);
    if (!all || !brought || !barred || !open) {
        m = -1;
        goto end;
    }
    for (int64_t row = 0; row < used; row++)
        all[row] = 0.25f * (of->now[row] / of->now_total) + 0.2f * (of->hour[row] / of->hour_total);
    if (of->together)
        for (int64_t row = 0; row < used; row++)
            all[row] = all[row] + 0.4f * of->together[row] + 0.3f * of->following[row];
    if (of->later)
        for (int64_t row = 0; row < used; row++)
            all[row] = all[row] + 0.05f * of->later[row];
    for (int64_t row = 0; row < used; row++)
        barred[row] = of->number_in[row] < 0 || (within && !within[row]);
    if (!are_rows(read, n_read, used) || !are_rows(extra, n_extra, used)) {
        m = -2;
        goto end;
    }
    for (int64_t i = 0; i < n_read; i++)
        barred[read[i]] = 1;
    for (int64_t row = 0; row < used; row++)
        open[row] = barred[row] ? 0.0f : all[row];
    float floor = near_highest(open, used, count);
    for (int64_t row = 0; row < used; row++)
        if (open[row] > floor)
            m = offer(mix, rows, m, count, open[row], row);
    sort(mix, rows, m, count);
    mark_fresh(of, since, brought);
    for (int64_t i = 0; i < n_extra; i++)
        brought[extra[i]] |= bits[i];
    for (int64_t i = 0; i < m; i++)
        sources[i] = brought[rows[i]], barred[rows[i]] = 1;
    for (int64_t row = 0; row < used; row++)
        if (brought[row] && !barred[row])
            rows[m] = row, mix[m] = all[row], sources[m++] = brought[row];
    mark_trending(of->now, of->now_total, rows, m, TRENDING_10M, sources);
    mark_trending(of->hour, of->hour_total, rows, m, TRENDING_1H, sources);
    for (int64_t i = 0; i < m; i++) {
        if (of->together && of->together[rows[i]] > 0)
            sources[i] |= SESSION;
        if (of->later && of->later[rows[i]] > 0)
            sources[i] |= HISTORY;
    }
end:
    free(all), free(brought), free(barred), free(open);
    return m;
}
