/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What the streaming threads of a branch share: when it is played, and whether it is through. Reference counted. */

typedef struct _BranchHall BranchHall;

/* @loop: what the branch has is given again and again. */
BranchHall *branch_hall_new (GstElement *pipeline, GstElement *bin, gboolean loop);
void branch_hall_unref (BranchHall *self);
gboolean branch_hall_loops (const BranchHall *self);
/* A door: the source pad of an identity, behind which the pipeline is fed. */
void branch_hall_add_door (BranchHall *self, GstPad *pad);
/* Nothing passes it any more. */
void branch_hall_shut_door (GstPad *pad);
/* ms until the last of what passed the doors is played. */
guint branch_hall_get_time_left (BranchHall *self);
/* Whether the message of the bin says that all doors had their end. */
gboolean branch_hall_is_end (const GstStructure *message);

G_END_DECLS
