/* The sum of the leaves that rows reach in a model of decision trees.
 *
 * In a walk from the root to a leaf, a processor mispredicts every second branch. This code has no branches: each tree has
 * a word with one bit for each leaf, numbered from left to right. A node whose condition is false clears the bits of the
 * leaves on its left side. After all nodes of a tree, the lowest set bit is the leaf that the row reaches.
 * (Lucchese et al.: QuickScorer, SIGIR 2015.) WIDE rows are scored together, in as few
 * registers as the processor allows.
 */
#include <stdint.h>
#include <string.h>

#define WIDE 16 /* as in decision_trees.py */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
typedef float floats __attribute__((vector_size(4 * WIDE)));
typedef int32_t words __attribute__((vector_size(4 * WIDE)));

/* Adds the leaf values of the trees first..last-1 to the score of each row, one tree after the other.
 *
 * columns: (features, rows), rows a multiple of WIDE.
 * nodes: tree i has the nodes nodes[i]..nodes[i + 1] - 1; each compares a feature with a threshold, and kept
 *     masks the leaves that a row can still reach if the feature is greater.
 * leaves: the leaves of tree i begin at values[leaves[i]].
 */
FOR_EACH_PROCESSOR void add_trees(const float *columns, int64_t rows, int64_t first, int64_t last, const int64_t *nodes,
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
