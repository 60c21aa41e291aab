/* Adds up rows of a table that stores only the pairs in use, see counting/pair_cells.py. */
#include <stdint.h>
#include <string.h>

#define STEP 8    /* pairs that are checked together: few are in use */
#define MOST 128 /* pairs that are read together, so that the processor waits for all their values at once */

typedef struct {
    int64_t rows, width;  /* rows, `before` and `after`; windows of each pair */
    const int32_t *slots; /* (rows, rows) slot of each pair, 0 for none */
    const float *values;  /* (slots, width) */
} Pairs;

/* Lists the `after` rows that have a pair with one `before` row, from `start` to `used` and at most MOST of them.
 * Returns how many there are; `next` gets the row from which to continue. */
static int64_t list_pairs(const Pairs *of, const int32_t *slots, int64_t start, int64_t used, int32_t *rows, int64_t *next)
{
    int64_t size = 0;
    for (; start + STEP <= used && size + STEP <= MOST; start += STEP) {
        uint64_t some[STEP / 2];
        memcpy(some, slots + start, sizeof some);
        if (!(some[0] | some[1] | some[2] | some[3]))
            continue;
        for (int64_t row = start; row < start + STEP; row++) {
            rows[size] = (int32_t)row;
            size += slots[row] != 0;
            __builtin_prefetch(of->values + slots[row] * of->width);
        }
    }
    for (; start < used && start + STEP > used && size < MOST; start++) {
        rows[size] = (int32_t)start;
        size += slots[start] != 0;
    }
    *next = start;
    return size;
}

/* Adds coefficient x value of the pairs with n `before` rows to `sums` (outputs, used), one `before` row after another.
 *
 * windows: (outputs) the window of each row of sums; coefficients: (outputs, n).
 * Returns 0; -1 for a row or a window that does not exist.
 */
int64_t sum_pairs(const Pairs *of, const int64_t *befores, int64_t n, int64_t used, const int64_t *windows,
                  int64_t outputs, const float *coefficients, float *sums)
{
    int32_t rows[MOST + 1];
    if (used < 0 || used > of->rows)
        return -1;
    for (int64_t o = 0; o < outputs; o++)
        if (windows[o] < 0 || windows[o] >= of->width)
            return -1;
    for (int64_t i = 0; i < n; i++) {
        if (befores[i] < 0 || befores[i] >= of->rows)
            return -1;
        const int32_t *slots = of->slots + befores[i] * of->rows;
        for (int64_t start = 0; start < used;) {
            int64_t size = list_pairs(of, slots, start, used, rows, &start);
            for (int64_t o = 0; o < outputs; o++) {
                float coefficient = coefficients[o * n + i], *to = sums + o * used;
                if (coefficient == 0)
                    continue;
                for (int64_t at = 0; at < size; at++)
                    to[rows[at]] += coefficient * of->values[slots[rows[at]] * of->width + windows[o]];
            }
        }
    }
    return 0;
}
