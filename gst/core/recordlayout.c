/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/core/recordlayout.h"

#define INSET_PART 4   /* an inset has a quarter of the width and of the height */
#define MARGIN_PART 40 /* and this part of the width away from the edge */

static guint
even (guint64 value)
{
  return (guint) (value & ~G_GUINT64_CONSTANT (1));
}

/* The @index-th of @count parts: together they are the whole, whatever it is. */
static void
part (guint whole, guint count, guint index, guint *start, guint *size)
{
  guint end = index + 1 == count ? even (whole) : even ((guint64) whole * (index + 1) / count);

  *start = even ((guint64) whole * index / count);
  *size = end - *start;
}

/* As many columns as rows, or one more. A last row with fewer than the others stands in the middle. */
static void
grid (guint width, guint height, guint count, RecordRect *cells)
{
  guint columns = 1, rows;

  while (columns * columns < count)
    columns++;
  rows = (count + columns - 1) / columns;
  for (guint i = 0; i < count; i++) {
    guint row = i / columns, in_row = MIN (columns, count - row * columns);
    part (width, columns, i % columns, &cells[i].x, &cells[i].width);
    part (height, rows, row, &cells[i].y, &cells[i].height);
    cells[i].x += even ((guint64) width * (columns - in_row) / columns / 2);
  }
}

/* The insets shrink when a row of a quarter of the width each would not fit. */
static void
speaker_with_insets (guint width, guint height, guint count, guint speaker, RecordRect *cells)
{
  guint margin = even (width / MARGIN_PART), others = MAX (count, 2) - 1;
  guint inset = MIN (width / INSET_PART, (width - margin) / others - MIN (margin, (width - margin) / others / 2));
  guint inset_height = even ((guint64) inset * height / width);

  for (guint i = 0, place = 0; i < count; i++) {
    if (i == speaker) {
      cells[i] = (RecordRect){0, 0, even (width), even (height)};
      continue;
    }
    cells[i].width = even (inset);
    cells[i].height = inset_height;
    cells[i].x = even (width - (guint64) (place + 1) * (even (inset) + margin));
    cells[i].y = even (height - inset_height - margin);
    place++;
  }
}

guint
record_layout_cells (
    RecordLayout layout, guint width, guint height, guint count, guint speaker, RecordRect cells[RECORD_LAYOUT_CELLS])
{
  count = MIN (count, RECORD_LAYOUT_CELLS);
  if (count == 0)
    return 0;
  if (layout == RECORD_LAYOUT_SPEAKER)
    speaker_with_insets (width, height, count, speaker < count ? speaker : 0, cells);
  else if (layout == RECORD_LAYOUT_SIDE_BY_SIDE && count == 2) {
    for (guint i = 0; i < count; i++) {
      part (width, count, i, &cells[i].x, &cells[i].width);
      part (height, 1, 0, &cells[i].y, &cells[i].height);
    }
  } else
    grid (width, height, count, cells);
  return count;
}

RecordRect
record_layout_fit (const RecordRect *cell, guint width, guint height, guint par_n, guint par_d)
{
  guint64 wide = (guint64) MAX (width, 1) * MAX (par_n, 1), high = (guint64) MAX (height, 1) * MAX (par_d, 1);
  RecordRect fit = *cell;

  /* Never nothing: a picture a hundred times as wide as it is high still is a line. */
  if (wide * cell->height > high * cell->width)
    fit.height = CLAMP (even ((high * cell->width + wide / 2) / wide), MIN (2, cell->height), cell->height);
  else
    fit.width = CLAMP (even ((wide * cell->height + high / 2) / high), MIN (2, cell->width), cell->width);
  fit.x += even ((cell->width - fit.width) / 2);
  fit.y += even ((cell->height - fit.height) / 2);
  return fit;
}

gboolean
record_rect_equal (const RecordRect *a, const RecordRect *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

gboolean
record_rect_overlap (const RecordRect *a, const RecordRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}
