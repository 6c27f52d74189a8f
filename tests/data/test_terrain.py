"""The terrain: directions agree with the heights that they were taken from."""

import numpy as np
from workshop.data.terrain import SPACING, load_terrain


def test_a_step_the_way_a_slope_faces_goes_down_and_back_goes_up():
    ground = load_terrain()
    steep = ground.slope > 8
    row, column, facing = ground.row[steep], ground.column[steep], ground.facing[steep]
    # Two cells towards the compass direction; rows count southward.
    south, east = np.rint(-2 * np.cos(facing)), np.rint(2 * np.sin(facing))
    change = {
        way: ground.height[row + way * south.astype(int), column + way * east.astype(int)]
        - ground.height[row, column]
        for way in (1, -1)
    }
    # Beyond narrow valleys the ground may rise again, but not past where it came from.
    assert np.mean(change[1] < change[-1]) > 0.98


def test_normals_angles_and_neighbours_say_the_same():
    ground = load_terrain(every=20)
    np.testing.assert_allclose(np.linalg.norm(ground.normal, axis=1), 1)
    np.testing.assert_allclose(np.degrees(np.arccos(ground.normal[:, 2])), ground.slope)
    arrow = np.stack([np.sin(ground.facing), np.cos(ground.facing)], axis=1)
    flat = ground.normal[:, :2] / np.linalg.norm(ground.normal[:, :2], axis=1, keepdims=True)
    np.testing.assert_allclose(arrow, flat, atol=1e-9)
    assert ground.slope.min() >= 2
    north_west = ground.height[ground.row - SPACING, ground.column - SPACING]
    own = ground.height[ground.row, ground.column]
    np.testing.assert_array_equal(ground.around[:, 0], north_west - own)
    assert ground.around.shape == (len(ground.row), 8)
