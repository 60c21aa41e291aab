/* The sum of the leaves that rows reach in a model of decision trees.
 *
 * A walk from the root to a leaf guesses wrong at every second branch. Here nothing branches: each tree keeps a word with
 * one bit for each of its leaves, numbered from left to right. A node whose condition does not hold clears the leaves on
 * its left side, and when all nodes of a tree have spoken, the lowest bit that is left is the leaf of the row.
 * (Lucchese et al.: QuickScorer, SIGIR 2015.) WIDE rows go side by side; compilers put them into one register.
 */
#include <stdint.h>
#include <string.h>

#define WIDE 4 /* as in decision_trees.py */
typedef float floats __attribute__((vector_size(4 * WIDE)));
typedef int32_t words __attribute__((vector_size(4 * WIDE)));

/* Adds to scores what the trees first..last-1 say of each row, one tree after the other.
 *
 * columns: (features, rows), rows a multiple of WIDE.
 * nodes: tree i has the nodes nodes[i]..nodes[i + 1] - 1; each compares a feature with a threshold, and kept has the
 *     bits of the leaves that stay where the feature is greater.
 * leaves: the leaves of tree i begin at values[leaves[i]].
 */
void add_trees(const float *columns, int64_t rows, int64_t first, int64_t last, const int64_t *nodes,
               const int64_t *features, const float *thresholds, const int32_t *kept,
               const int64_t *leaves, const double *values, double *scores)
{
    for (int64_t row = 0; row < rows; row += WIDE)
        for (int64_t tree = first; tree < last; tree++) {
            words left = ~(words){0};
            for (int64_t node = nodes[tree]; node < nodes[tree + 1]; node++) {
                floats x;
                memcpy(&x, columns + features[node] * rows + row, sizeof x);
                left &= kept[node] | (x <= thresholds[node]);
            }
            for (int i = 0; i < WIDE; i++)
                scores[row + i] += values[leaves[tree] + __builtin_ctz((uint32_t)left[i])];
        }
}
