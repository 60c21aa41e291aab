/* The cosines between a user's profile and the articles of a pool, from the terms that both have.
 *
 * A product of sparse matrices would read every term of every article. Here each term of the profile, in ascending
 * order, is added to the articles that have it: the same sums in the same order, rounded after every operation.
 */
#include <stdint.h>
#include <string.h>

/* Short vectors of all articles: row i has the entries offsets[i]..offsets[i + 1] - 1. */
typedef struct {
    int64_t rows, terms;
    const int64_t *offsets;  /* (rows + 1) */
    const uint16_t *columns; /* terms */
    const uint16_t *values;  /* as 16-bit floats, finite */
} Vectors;

/* The articles of the pool by term: term t has the entries offsets[t]..offsets[t + 1] - 1. */
typedef struct {
    const int32_t *offsets; /* (terms + 1) */
    const int32_t *places;  /* in the pool */
    const float *values;
} Postings;

/* A 16-bit float as a 32-bit float. Subnormal numbers, in steps of 2^-24, are exact, too. */
static inline float widen(uint16_t half)
{
    uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    value *= 0x1p112f;
    return half & 0x8000 ? -value : value;
}

/* The weighted sum of the vectors of the articles that a user read.
 *
 * weights: (n) of the reads; sums: (terms) zeros, and zeros again at the end.
 * profile: (terms) zeros, gets the sum; terms: gets the terms of the profile, ascending.
 * Returns how many terms there are; -1 for an article or a term that does not exist.
 */
int64_t add_profile(const Vectors *of, const uint32_t *articles, const float *weights, int64_t n, double *sums,
                    float *profile, int32_t *terms)
{
    int64_t found = 0, most = (of->terms + 63) / 64, wrong = 0;
    uint64_t has[1024] = {0}; /* 65,536 terms, as many as 16 bits can number */
    for (int64_t i = 0; i < n && !wrong; i++) {
        if (articles[i] >= of->rows) {
            wrong = 1;
            break;
        }
        for (int64_t entry = of->offsets[articles[i]]; entry < of->offsets[articles[i] + 1]; entry++) {
            uint16_t term = of->columns[entry];
            if (term >= of->terms) {
                wrong = 1;
                break;
            }
            sums[term] += (double)(widen(of->values[entry]) * weights[i]);
            has[term / 64] |= (uint64_t)1 << term % 64;
        }
    }
    for (int64_t word = 0; word < most; word++)
        for (uint64_t left = has[word]; left; left &= left - 1) {
            int32_t term = (int32_t)(64 * word + __builtin_ctzll(left));
            profile[term] = (float)sums[term], sums[term] = 0.0;
            terms[found++] = term;
        }
    return wrong ? -1 : found;
}

/* Adds the products of a profile, divided by its length, with all articles of the pool to `scores` (places). */
void add_products(const Postings *of, const int32_t *terms, int64_t n, const float *profile, float length, float *scores)
{
    for (int64_t i = 0; i < n; i++) {
        float weight = profile[terms[i]] / length;
        for (int64_t entry = of->offsets[terms[i]]; entry < of->offsets[terms[i] + 1]; entry++)
            scores[of->places[entry]] += of->values[entry] * weight;
    }
}
