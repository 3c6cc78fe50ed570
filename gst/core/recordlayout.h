/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where the participants of a composed recording are drawn. All edges are even, because the pictures have half as many
 * colours as points in both directions. */

#define RECORD_LAYOUT_CELLS 16 /* more participants are heard, not seen */

typedef enum
{
  RECORD_LAYOUT_SIDE_BY_SIDE, /* one whole, two halves; more as in the grid */
  RECORD_LAYOUT_SPEAKER,      /* one large, the others above it in a row at the lower right */
  RECORD_LAYOUT_GRID
} RecordLayout;

typedef struct
{
  guint x, y, width, height;
} RecordRect;

/* Fills @cells, in the order of the participants. @speaker: whose picture is large, an index. Returns how many of
 * @count are seen. */
guint record_layout_cells (
    RecordLayout layout, guint width, guint height, guint count, guint speaker, RecordRect cells[RECORD_LAYOUT_CELLS]);
/* The largest part in the middle of @cell that has the shape of a picture whose points are @par_n to @par_d wide. */
RecordRect record_layout_fit (const RecordRect *cell, guint width, guint height, guint par_n, guint par_d);
gboolean record_rect_equal (const RecordRect *a, const RecordRect *b);
gboolean record_rect_overlap (const RecordRect *a, const RecordRect *b);

G_END_DECLS
