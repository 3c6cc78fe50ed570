/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "console.h"
#include "progress.h"

G_BEGIN_DECLS

/* Says how the calls of a run are doing: once a second while it runs, and in sum at its end. Main thread only. */

typedef struct _Monitor Monitor;

Monitor *monitor_new (Console *console);
void monitor_free (Monitor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Monitor, monitor_free)

/* An element message; says those of calls. */
void monitor_handle_message (Monitor *self, GstMessage *message);
/* Says the sum if there was a call, and returns it. */
void monitor_finish (Monitor *self, ProgressSummary *summary);

G_END_DECLS
