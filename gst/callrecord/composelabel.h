/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Draws names. */
typedef struct ComposeLabel ComposeLabel;

/* A plate with a name on it: I420, no padding between its lines. */
typedef struct
{
  GstBuffer *buffer; /* NULL: nothing to be drawn */
  guint width, height;
} ComposePlate;

/* @height: of the plates, even. NULL: there is no textoverlay. */
ComposeLabel *compose_label_new (guint height);
void compose_label_free (ComposeLabel *self);
/* @width: at most this wide, even; what does not fit is cut. @plate->buffer: (transfer full) */
void compose_label_draw (ComposeLabel *self, const char *text, guint width, ComposePlate *plate);

G_END_DECLS
