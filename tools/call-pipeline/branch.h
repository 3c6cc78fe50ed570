/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "recipe.h"

G_BEGIN_DECLS

/* A piece of pipeline that is added to one that runs, and taken out again. Main thread only. */

typedef struct _Branch Branch;

/* Joins it to @pipeline; NULL: see @error. What it feeds hears or sees its first buffer now. @loop: what it has is
 * given again and again, without a gap. */
Branch *branch_start (GstBin *pipeline, const RecipeBranch *recipe, gboolean loop, GError **error);
/* Whether it takes something from the pipeline, and so has an end that comes from there. */
gboolean branch_takes (const Branch *self);
/* Ends what it takes, so that its files are complete. FALSE: nothing to wait for, take it out at once. */
gboolean branch_finish (Branch *self);
/* Takes it out of the pipeline, and frees it. */
void branch_remove (Branch *self);
/* Whether the message says that it has nothing more to give or to take. */
gboolean branch_has_ended (const Branch *self, GstMessage *message);
/* ms until the last of what it gave is played. */
guint branch_get_time_left (const Branch *self);

G_END_DECLS
