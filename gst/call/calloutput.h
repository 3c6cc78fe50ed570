/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The end of a leg's receiving chain: a sink pad without an element that hands everything to a src pad of the user's
 * pipeline, in the same thread. Whatever becomes of it there, the leg sees GST_FLOW_OK. */

typedef struct CallOutput CallOutput;

/* @user: (transfer full) (nullable): the user's src pad; NULL throws everything away. @base_time: the leg's. */
CallOutput *call_output_new (GstPad *user, GstClockTime base_time, GstTagList *tags);
GstPad *call_output_get_sink (CallOutput *self); /* (transfer none) */
/* Nothing goes through afterwards, but for a push that is under way. */
void call_output_close (CallOutput *self);
void call_output_free (CallOutput *self); /* when the leg's pipeline is in state NULL */

G_END_DECLS
