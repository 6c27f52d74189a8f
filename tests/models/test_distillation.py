"""Students trained side by side learn what each would learn alone."""

import numpy as np
from workshop.models.distillation import Students


def test_a_student_among_others_learns_as_it_does_alone():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3, 5)).astype("float32")
    targets = rng.dirichlet(np.ones(4), size=(40, 3)).astype("float32")
    heat = np.array([1.0, 2.0, 4.0])
    together = Students(3, 5, 4, width=6)
    start = together.model.get_weights()
    together.learn(x, targets, heat, epochs=5, batch_size=10)
    fresh = rng.normal(size=(7, 5)).astype("float32")
    for s in range(3):
        alone = Students(1, 5, 4, width=6)
        alone.model.set_weights([weights[s : s + 1] for weights in start])
        before = alone.raw(fresh)
        alone.learn(x[:, [s]], targets[:, [s]], heat[[s]], epochs=5, batch_size=10)
        np.testing.assert_allclose(alone.raw(fresh)[:, 0], together.raw(fresh)[:, s], atol=1e-4)
        assert np.abs(alone.raw(fresh) - before).max() > 0.01
