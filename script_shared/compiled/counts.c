/* The counts of one click, and the counts of articles that lose their row.
 *
 * Every sum gets the same additions in the same order as in the array operations of `counting/`, rounded after each.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define WINDOWS 16 /* more than there are half-lives */
#define BACK 8     /* clicks of the visit that a click is paired with, as in pair_weights.py */
#define EARLIER 12 /* clicks of earlier visits that a click is paired with */

/* A table of sums for each window, and the bits of the cells that may not be zero. */
typedef struct {
    int64_t windows;
    const int64_t *half_lives; /* place of each window's half-life */
    float *sums;               /* (windows, groups, rows) */
    double *totals;            /* (windows, groups) */
    uint8_t *bits;             /* by row and group */
    int64_t width, groups;     /* bytes of a row's bits */
} Table;

/* Windows of pairs: those of the cells from `first` on. */
typedef struct {
    int64_t windows, first;
    const int64_t *half_lives; /* place of each window's half-life */
    float *totals;             /* (windows, rows) */
} PairTable;

/* The pairs that were ever counted, see counting/pair_cells.py. */
typedef struct {
    int32_t *slots;         /* (rows, rows) slot of each pair, 0 for none */
    float *values;          /* (slots, windows) */
    int64_t *counts;        /* how many slots were ever in use, and how many were given back */
    const int32_t *free;    /* the slots that were given back */
    uint8_t *bits;          /* by `after` row and `before` row */
    int64_t windows, width; /* bytes of a row's bits */
} Cells;

typedef struct {
    int64_t rows, half_lives;
    const double *half_lives_ms;
    const int64_t *landmarks;
    const float *amounts; /* (BACK) weight of a pair by the number of steps back */
    Table overall, groups, trends;
    PairTable together, following, onward, later;
    Cells cells;
} Counts;

/* One click, as count_code.py packs it. */
typedef struct {
    int64_t time_ms;
    double weight;
    int64_t row, region, cluster; /* places of the last two among the trends, -1 for no cluster */
    int64_t depth, reads;         /* reads of the current visit, and all that are remembered */
    const int32_t *row_of;        /* (numbers) row of each article, -1 for none */
    int64_t numbers, codes;
} Click;

static inline void note(uint8_t *bits, int64_t width, int64_t row, int64_t column)
{
    bits[row * width + (column >> 3)] |= (uint8_t)(1 << (column & 7));
}

static void count_group(const Table *of, int64_t rows, int64_t group, int64_t row, const double *weights)
{
    for (int64_t window = 0; window < of->windows; window++) {
        double weight = weights[of->half_lives[window]];
        of->sums[(window * of->groups + group) * rows + row] += (float)weight;
        of->totals[window * of->groups + group] += weight;
    }
    note(of->bits, of->width, row, group);
}

static void count_everybody(const Table *of, int64_t rows, int64_t row, const double *weights)
{
    for (int64_t window = 0; window < of->windows; window++) {
        float *sum = of->sums + window * of->groups * rows + row;
        double weight = weights[of->half_lives[window]];
        *sum = (float)((double)*sum + weight);
        of->totals[window * of->groups] += weight;
    }
}

/* Gives a pair a slot. */
static int32_t new_slot(const Cells *cells, int64_t before, int64_t after)
{
    note(cells->bits, cells->width, after, before);
    return cells->counts[1] ? cells->free[--cells->counts[1]] : (int32_t)cells->counts[0]++;
}

static void count_pair(const Counts *counts, const PairTable *of, int64_t before, int64_t after, float amount,
                       const double *weights)
{
    int32_t *slot = counts->cells.slots + before * counts->rows + after;
    if (!*slot)
        *slot = new_slot(&counts->cells, before, after);
    float *values = counts->cells.values + *slot * counts->cells.windows + of->first;
    for (int64_t window = 0; window < of->windows; window++) {
        float weight = (float)((double)amount * weights[of->half_lives[window]]);
        values[window] += weight;
        of->totals[window * counts->rows + before] += weight;
    }
}

/* The row of the user's read that is `back` clicks ago; -1 for one that is not alive or is the article itself,
 * -2 for an article or a row that does not exist. */
static inline int64_t row_before(const Click *click, const uint32_t *reads, int64_t back, int64_t rows)
{
    uint32_t number = reads[click->reads - 1 - back];
    if (number >= click->numbers)
        return -2;
    int64_t row = click->row_of[number];
    if (row >= rows)
        return -2;
    return row == click->row ? -1 : row;
}

/* Counts the pairs with what the user read before; -1 for an article or a row that does not exist. */
static int64_t count_pairs(const Counts *of, const Click *click, const uint32_t *reads, const double *weights)
{
    int64_t last = click->depth + EARLIER, visit = click->depth < BACK ? click->depth : BACK;
    if (last > click->reads)
        last = click->reads;
    if (visit > last)
        visit = last;
    for (int64_t back = 0; back < visit; back++) {
        int64_t before = row_before(click, reads, back, of->rows), row = click->row;
        if (before == -2)
            return -1;
        if (before < 0)
            continue;
        if (back == 0)
            count_pair(of, &of->following, before, row, 1.0f, weights);
        count_pair(of, &of->onward, before, row, of->amounts[back], weights);
        count_pair(of, &of->together, before, row, of->amounts[back], weights);
        count_pair(of, &of->together, row, before, of->amounts[back], weights);
    }
    for (int64_t back = click->depth; back < last; back++) {
        int64_t before = row_before(click, reads, back, of->rows);
        if (before == -2)
            return -1;
        if (before >= 0)
            count_pair(of, &of->later, before, click->row, 1.0f, weights);
    }
    return 0;
}

/* Counts a click.
 *
 * codes: groups of the user; reads: numbers of the articles that the user read, latest last.
 * Returns 0; -1 for a row, a group or an article that does not exist.
 */
int64_t count_click(const Counts *of, const Click *click, const int16_t *codes, const uint32_t *reads)
{
    static const volatile double two = 2.0; /* keeps the compiler from replacing pow(), which Python uses, too */
    double weights[WINDOWS];
    if (click->row < 0 || click->row >= of->rows || click->region < 0 || click->region >= of->trends.groups ||
        click->cluster >= of->trends.groups)
        return -1;
    for (int64_t code = 0; code < click->codes; code++)
        if (codes[code] < 0 || codes[code] >= of->groups.groups)
            return -1;
    for (int64_t place = 0; place < of->half_lives; place++)
        weights[place] =
            click->weight * pow(two, (double)(click->time_ms - of->landmarks[place]) / of->half_lives_ms[place]);
    if (count_pairs(of, click, reads, weights) < 0)
        return -1;
    count_everybody(&of->overall, of->rows, click->row, weights);
    for (int64_t code = 0; code < click->codes; code++)
        count_group(&of->groups, of->rows, codes[code], click->row, weights);
    count_group(&of->trends, of->rows, click->region, click->row, weights);
    if (click->cluster >= 0)
        count_group(&of->trends, of->rows, click->cluster, click->row, weights);
    return 0;
}

/* Clears the cells of some rows whose bits are set, in each of several tables, then clears the bits.
 *
 * sums: (tables, size); the cell of row r and column c is at r * row_step + c * column_step.
 * bits: (rows, width) bytes.
 */
void clear_rows(float *sums, int64_t tables, int64_t size, int64_t row_step, int64_t column_step, uint8_t *bits,
                int64_t width, const int64_t *rows, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        uint8_t *own = bits + rows[i] * width;
        for (int64_t byte = 0; byte < width; byte++) {
            for (uint32_t left = own[byte]; left; left &= left - 1) {
                int64_t column = 8 * byte + __builtin_ctz(left);
                for (int64_t table = 0; table < tables; table++)
                    sums[table * size + rows[i] * row_step + column * column_step] = 0.0f;
            }
        }
        memset(own, 0, width);
    }
}
