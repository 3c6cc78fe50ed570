/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordlayout.h"

typedef struct
{
  RecordLayout layout;
  guint width, height, count, speaker;
  RecordRect cells[4]; /* the first ones */
} PlacesRow;

static const PlacesRow places[] = {
    {RECORD_LAYOUT_SIDE_BY_SIDE, 1280, 720, 1, 0, {{0, 0, 1280, 720}}},
    {RECORD_LAYOUT_SIDE_BY_SIDE, 1280, 720, 2, 0, {{0, 0, 640, 720}, {640, 0, 640, 720}}},
    {RECORD_LAYOUT_SIDE_BY_SIDE, 1282, 720, 2, 0, {{0, 0, 640, 720}, {640, 0, 642, 720}}},
    {RECORD_LAYOUT_SIDE_BY_SIDE, 1280, 720, 3, 0, {{0, 0, 640, 360}, {640, 0, 640, 360}, {320, 360, 640, 360}}},
    {RECORD_LAYOUT_GRID, 1280, 720, 1, 0, {{0, 0, 1280, 720}}},
    {RECORD_LAYOUT_GRID, 1280, 720, 2, 0, {{0, 0, 640, 720}, {640, 0, 640, 720}}},
    {RECORD_LAYOUT_GRID, 1280, 720, 4, 0,
        {{0, 0, 640, 360}, {640, 0, 640, 360}, {0, 360, 640, 360}, {640, 360, 640, 360}}},
    {RECORD_LAYOUT_GRID, 1280, 720, 5, 0,
        {{0, 0, 426, 360}, {426, 0, 426, 360}, {852, 0, 428, 360}, {212, 360, 426, 360}}},
    {RECORD_LAYOUT_GRID, 640, 480, 16, 0,
        {{0, 0, 160, 120}, {160, 0, 160, 120}, {320, 0, 160, 120}, {480, 0, 160, 120}}},
    {RECORD_LAYOUT_SPEAKER, 1280, 720, 1, 0, {{0, 0, 1280, 720}}},
    {RECORD_LAYOUT_SPEAKER, 1280, 720, 2, 0, {{0, 0, 1280, 720}, {928, 508, 320, 180}}},
    {RECORD_LAYOUT_SPEAKER, 1280, 720, 2, 1, {{928, 508, 320, 180}, {0, 0, 1280, 720}}},
    {RECORD_LAYOUT_SPEAKER, 1280, 720, 3, 1, {{928, 508, 320, 180}, {0, 0, 1280, 720}, {576, 508, 320, 180}}},
    {RECORD_LAYOUT_SPEAKER, 1280, 720, 2, 7, {{0, 0, 1280, 720}, {928, 508, 320, 180}}},
};

static void
check_rect (const RecordRect *is, const RecordRect *wanted)
{
  g_test_message ("%u,%u %ux%u, wanted %u,%u %ux%u", is->x, is->y, is->width, is->height, wanted->x, wanted->y,
      wanted->width, wanted->height);
  g_assert_true (record_rect_equal (is, wanted));
}

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    const PlacesRow *row = &places[i];
    RecordRect cells[RECORD_LAYOUT_CELLS];
    guint n = record_layout_cells (row->layout, row->width, row->height, row->count, row->speaker, cells);
    g_test_message ("row %u", i);
    g_assert_cmpuint (n, ==, row->count);
    for (guint j = 0; j < MIN (n, 4); j++)
      check_rect (&cells[j], &row->cells[j]);
  }
}

/* Whatever is asked for: even, not empty, within the picture, and without overlap but for the insets. */
static void
check_cells (RecordLayout layout, guint width, guint height, guint count, guint speaker)
{
  RecordRect cells[RECORD_LAYOUT_CELLS];
  guint n = record_layout_cells (layout, width, height, count, speaker, cells);

  g_assert_cmpuint (n, ==, MIN (count, RECORD_LAYOUT_CELLS));
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint ((cells[i].x | cells[i].y | cells[i].width | cells[i].height) & 1, ==, 0);
    g_assert_cmpuint (cells[i].width, >=, 2);
    g_assert_cmpuint (cells[i].height, >=, 2);
    g_assert_cmpuint (cells[i].x + cells[i].width, <=, width);
    g_assert_cmpuint (cells[i].y + cells[i].height, <=, height);
    for (guint j = 0; j < i; j++)
      if (layout != RECORD_LAYOUT_SPEAKER || (i != speaker && j != speaker))
        g_assert_false (record_rect_overlap (&cells[i], &cells[j]));
  }
}

static void
test_any_size (void)
{
  static const guint sizes[][2] = {{1280, 720}, {1920, 1080}, {640, 480}, {722, 1282}, {160, 120}, {3840, 2160}};

  for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
    for (guint count = 0; count <= RECORD_LAYOUT_CELLS + 2; count++)
      for (guint layout = RECORD_LAYOUT_SIDE_BY_SIDE; layout <= RECORD_LAYOUT_GRID; layout++)
        for (guint speaker = 0; speaker < MIN (MAX (count, 1), RECORD_LAYOUT_CELLS); speaker++)
          check_cells ((RecordLayout) layout, sizes[size][0], sizes[size][1], count, speaker);
}

static void
test_fit (void)
{
  static const struct
  {
    RecordRect cell;
    guint width, height, par_n, par_d;
    RecordRect fit;
  } rows[] = {
      {{0, 0, 640, 360}, 1280, 720, 1, 1, {0, 0, 640, 360}},
      {{0, 0, 640, 720}, 640, 360, 1, 1, {0, 180, 640, 360}},
      {{640, 0, 640, 720}, 1280, 720, 1, 1, {640, 180, 640, 360}},
      {{0, 0, 640, 360}, 320, 240, 1, 1, {80, 0, 480, 360}},
      {{0, 0, 640, 360}, 720, 576, 16, 15, {80, 0, 480, 360}}, /* PAL, 4:3 */
      {{0, 0, 640, 360}, 240, 320, 1, 1, {184, 0, 270, 360}},
      {{0, 0, 640, 360}, 10000, 10, 1, 1, {0, 178, 640, 2}},
      {{0, 0, 640, 360}, 10, 10000, 1, 1, {318, 0, 2, 360}},
      {{10, 20, 100, 100}, 0, 0, 0, 0, {10, 20, 100, 100}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RecordRect fit = record_layout_fit (&rows[i].cell, rows[i].width, rows[i].height, rows[i].par_n, rows[i].par_d);
    check_rect (&fit, &rows[i].fit);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recordlayout/places", test_places);
  g_test_add_func ("/recordlayout/any-size", test_any_size);
  g_test_add_func ("/recordlayout/fit", test_fit);
  return g_test_run ();
}
