"""Fits the network of the ranker: softmax over the candidates of a request, by Adam."""

from dataclasses import dataclass, field, replace

import numpy as np

from pipelines.news.training.ranker_rows import TrainingRows
from script_shared.arrays import Float32s, Float64s, FloatArray, IntArray
from script_shared.news.ranking.score_net import ScoreNet, bound, inputs, with_logarithms

LEAST_REQUESTS = 2_000  # with fewer, trees without a network are better
EPOCHS, BATCH, SECOND = 6, 64, 16  # passes over the requests, requests of a step, units of the second layer
RATE, FIRST_DECAY, SECOND_DECAY, SHRINKAGE = 3e-3, 0.9, 0.999, 1e-5  # of Adam (Kingma and Ba, 2015)
SPREAD = 1.5  # deviation of the network's scores, relative to the trees'; 1 to 2 are about as good
SAMPLE = 50_000  # rows from which the mean and deviation of inputs are computed
LEAST_DEVIATION = 1e-6  # of an input that is not constant
NAMES = ("first", "first_bias", "second", "second_bias", "out", "linear")


def fit_net(rows: TrainingRows, units: int, seed: int) -> ScoreNet | None:
    """A network fitted on training rows; None where they are too few.

    Args:
        rows: k requests with their candidates, one of which is labelled as clicked.
        units: of the first layer; 0 for no network.
        seed: of the first weights and the order of the requests.
    """
    if not units or len(rows.sizes) < LEAST_REQUESTS:
        return None
    random = np.random.default_rng(seed)
    net = _first_net(rows.features[:: max(1, len(rows.features) // SAMPLE)], units, random)
    ends = np.cumsum(rows.sizes)
    batches = len(rows.sizes) // BATCH
    adam = _Adam(EPOCHS * batches)
    for _ in range(EPOCHS):
        for some in random.permutation(len(rows.sizes))[: batches * BATCH].reshape(-1, BATCH):
            places = np.concatenate([np.arange(ends[one] - rows.sizes[one], ends[one]) for one in some])
            gradients = _gradients(net, rows.features[places], rows.label[places], rows.sizes[some], rows.weight[some])
            adam.step(net, gradients)
    return net


def with_spread(net: ScoreNet, features: FloatArray, scores: Float64s) -> ScoreNet:
    """The same network with its scores scaled: ``SPREAD`` times the deviation of other scores of the same rows.

    Args:
        net: the network.
        features: float (m, features).
        scores: float64 (m), of the trees.
    """
    factor = np.float32(SPREAD * scores.std() / max(float(net.score(features).std()), 1e-9))
    return replace(net, out=net.out * factor, linear=net.linear * factor)


def _first_net(sample: FloatArray, units: int, random: np.random.Generator) -> ScoreNet:
    """A network with random weights; its inputs have a mean of 0 and a deviation of 1 in the sample."""
    sample = bound(sample)
    logs = np.flatnonzero((sample.min(axis=0) >= 0) & (sample.max(axis=0) > sample.min(axis=0)))
    width = sample.shape[1] + len(logs)
    one = np.ones(width, np.float32)
    plain = with_logarithms(sample, logs).astype(np.float64)
    mean, deviation = plain.mean(axis=0).astype(np.float32), plain.std(axis=0).astype(np.float32)

    def drawn(*shape: int) -> Float32s:
        return (random.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)

    return ScoreNet(
        logs=logs,
        mean=mean,
        scale=np.where(deviation > LEAST_DEVIATION, deviation, one),
        first=drawn(width, units),
        first_bias=np.zeros(units, np.float32),
        second=drawn(units, SECOND),
        second_bias=np.zeros(SECOND, np.float32),
        out=drawn(SECOND),
        linear=np.zeros(width, np.float32),
    )


def _gradients(
    net: ScoreNet, features: FloatArray, label: IntArray, sizes: IntArray, weight: Float32s
) -> list[Float32s]:
    """Gradients of the mean loss of some requests, in the order of ``NAMES``."""
    values = inputs(features, net.logs, net.mean, net.scale)
    first = np.maximum(values @ net.first + net.first_bias, 0)
    second = np.maximum(first @ net.second + net.second_bias, 0)
    change = _softmax(second @ net.out + values @ net.linear, sizes) - label
    change = (change * np.repeat(weight / len(sizes), sizes)).astype(np.float32)
    of_second = np.outer(change, net.out) * (second > 0)
    of_first = (of_second @ net.second.T) * (first > 0)
    return [
        values.T @ of_first,
        of_first.sum(axis=0),
        first.T @ of_second,
        of_second.sum(axis=0),
        second.T @ change,
        values.T @ change,
    ]


def _softmax(scores: Float32s, sizes: IntArray) -> Float32s:
    """The share of each candidate among those of its request."""
    starts = np.cumsum(sizes) - sizes
    powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
    shares: Float32s = powers / np.repeat(np.add.reduceat(powers, starts), sizes)
    return shares


@dataclass
class _Adam:
    """Steps whose length falls to 0 over ``steps``."""

    steps: int
    taken: int = 0
    means: list[Float32s] = field(default_factory=list)
    squares: list[Float32s] = field(default_factory=list)

    def step(self, net: ScoreNet, gradients: list[Float32s]) -> None:
        """Change a network's arrays in place."""
        self.taken += 1
        self.means = self.means or [np.zeros_like(gradient) for gradient in gradients]
        self.squares = self.squares or [np.zeros_like(gradient) for gradient in gradients]
        rate = RATE * (1 - self.taken / (self.steps + 1))
        for name, gradient, mean, square in zip(NAMES, gradients, self.means, self.squares, strict=True):
            weights: Float32s = getattr(net, name)
            gradient = gradient + np.float32(SHRINKAGE) * weights
            mean += np.float32(1 - FIRST_DECAY) * (gradient - mean)
            square += np.float32(1 - SECOND_DECAY) * (gradient * gradient - square)
            unbiased = np.sqrt(square / (1 - SECOND_DECAY**self.taken)) + 1e-8
            weights -= (rate * mean / (1 - FIRST_DECAY**self.taken) / unbiased).astype(np.float32)
