/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "composeinput.h"

G_BEGIN_DECLS

struct _ComposeInput
{
  GstElement parent;

  GstPad *pad;
  ComposeShared *shared; /* of the composer, whose child this is */
  guint channels;

  /* streaming thread */
  GstSegment segment;
  GstVideoInfo info;
  gboolean has_info, latency_known;

  /* under the lock of shared */
  GQueue pieces; /* (element-type ComposePiece) */
  GstClockTime covered, latency;
  guint64 next_sample; /* where the next block is expected; 0: anywhere */
  gboolean ended, flushing, stalled, blocked, any;
};

G_END_DECLS
