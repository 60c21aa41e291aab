/* Scores the candidates of a request: the first trees score all of them, and the best of these, the finalists, get the
 * score of all trees and of the network. numpy takes the logarithms and multiplies the matrices of the network.
 *
 * Numbers are rounded after every operation, as in the array operations of ranking/ranker.py and ranking/score_net.py.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WIDE 16         /* as in decision_trees.py */
#define LARGEST 1e6f    /* as in score_net.py, like the next two */
#define SMALLEST 1e-3f
#define BOUND 5.0f

void add_trees(const float *columns, int64_t rows, int64_t first, int64_t last, const int64_t *nodes,
               const int64_t *features, const float *thresholds, const int32_t *kept, const int64_t *leaves,
               const double *values, double *scores);

typedef struct {
    int64_t width;                               /* features */
    int64_t first, trees;                        /* trees that score all candidates, and all trees */
    const int64_t *nodes, *features;             /* of the trees, as in trees.c, like the next four */
    const float *thresholds;
    const int32_t *kept;
    const int64_t *leaves;
    const double *values;
    int64_t n_logs;                              /* features whose logarithm is an input of the network */
    const int64_t *logs;                         /* (n_logs) */
    const float *mean, *scale;                   /* (width + n_logs) of the inputs; NULL without a network */
} Ranking;

/* The sum of some trees for n candidates: those in `places`, or the first n if it is NULL.
 *
 * columns: (width, m); scores: room for n rounded up to WIDE. Returns 0; -1 if there is no memory.
 */
static int score(const Ranking *of, const float *columns, int64_t m, const int64_t *places, int64_t n, int64_t first,
                 int64_t last, double *scores)
{
    int64_t rows = (n + WIDE - 1) / WIDE * WIDE;
    float *padded = malloc(of->width * rows * sizeof *padded + 1);
    if (!padded)
        return -1;
    for (int64_t f = 0; f < of->width; f++) {
        const float *from = columns + f * m;
        float *to = padded + f * rows;
        for (int64_t i = 0; i < n; i++) {
            float x = from[places ? places[i] : i];
            to[i] = x == x ? x : 0.0f; /* a missing value counts as 0 */
        }
        memset(to + n, 0, (rows - n) * sizeof *to);
    }
    memset(scores, 0, rows * sizeof *scores);
    add_trees(padded, rows, first, last, of->nodes, of->features, of->thresholds, of->kept, of->leaves, of->values, scores);
    free(padded);
    return 0;
}

/* Lists the places of the `most` highest scores, highest first; the lower place wins ties. There are more scores. */
static void pick(const double *scores, int64_t m, int64_t most, int64_t *places)
{
    for (int64_t i = 0, size = 0; i < m; i++) {
        if (size == most && !(scores[i] > scores[places[size - 1]]))
            continue;
        int64_t at = size < most ? size++ : size - 1;
        for (; at > 0 && scores[i] > scores[places[at - 1]]; at--)
            places[at] = places[at - 1];
        places[at] = i;
    }
}

/* Writes the inputs of the network for the finalists: features, then the values whose logarithms numpy takes. */
static void gather_inputs(const Ranking *of, const float *columns, int64_t m, const int64_t *places, int64_t n,
                          float *inputs)
{
    for (int64_t i = 0; i < n; i++) {
        float *row = inputs + i * (of->width + of->n_logs);
        for (int64_t f = 0; f < of->width; f++) {
            float x = columns[f * m + places[i]];
            x = x == x ? x : 0.0f;
            row[f] = x > LARGEST ? LARGEST : x < -LARGEST ? -LARGEST : x;
        }
        for (int64_t l = 0; l < of->n_logs; l++) {
            float x = row[of->logs[l]];
            row[of->width + l] = (x > 0 ? x : 0.0f) + SMALLEST;
        }
    }
}

/* Scores m candidates with the first trees, and picks n finalists; m must be greater than n.
 *
 * columns: (width, m). scores: room for m rounded up to WIDE. places: (n) gets the finalists.
 * added: room for n rounded up to WIDE; gets the sum of the other trees.
 * inputs: (n, width + n_logs) for the network, unused without one.
 * Returns 0; -1 if there is no memory.
 */
int64_t pick_finalists(const Ranking *of, const float *columns, int64_t m, int64_t n, double *scores, int64_t *places,
                       double *added, float *inputs)
{
    if (score(of, columns, m, NULL, m, 0, of->first, scores))
        return -1;
    pick(scores, m, n, places);
    if (score(of, columns, m, places, n, of->first, of->trees, added))
        return -1;
    if (of->mean)
        gather_inputs(of, columns, m, places, n, inputs);
    return 0;
}

/* Standardises and limits the inputs of the network, after numpy has taken the logarithms. */
void standardise_inputs(const Ranking *of, int64_t n, float *inputs)
{
    int64_t width = of->width + of->n_logs;
    for (int64_t i = 0; i < n; i++)
        for (int64_t f = 0; f < width; f++) {
            float x = (inputs[i * width + f] - of->mean[f]) / of->scale[f];
            x = x < BOUND ? x : BOUND;
            inputs[i * width + f] = x > -BOUND ? x : -BOUND;
        }
}

/* Adds the other scores of the finalists, and moves all other candidates at least `apart` below them.
 *
 * added: (n) the sum of the other trees; net: (n) the scores of the network, NULL without one.
 */
void place_finalists(int64_t m, int64_t n, const int64_t *places, const double *added, const float *net, double apart,
                     double *scores)
{
    for (int64_t i = 0; i < n; i++)
        scores[places[i]] += net ? added[i] + (double)net[i] : added[i];
    double least = scores[places[0]];
    for (int64_t i = 1; i < n; i++)
        least = scores[places[i]] < least ? scores[places[i]] : least;
    double best = -1e308;
    int64_t finalist[n];
    memcpy(finalist, places, sizeof finalist);
    for (int64_t i = 1; i < n; i++) { /* sorted, so that the others are found in one pass */
        int64_t place = finalist[i], at = i;
        for (; at > 0 && finalist[at - 1] > place; at--)
            finalist[at] = finalist[at - 1];
        finalist[at] = place;
    }
    for (int64_t i = 0, next = 0; i < m; i++)
        if (next < n && finalist[next] == i)
            next++;
        else
            best = scores[i] > best ? scores[i] : best;
    double down = least - best - apart;
    if (down >= 0)
        return;
    for (int64_t i = 0, next = 0; i < m; i++)
        if (next < n && finalist[next] == i)
            next++;
        else
            scores[i] += down;
}
