/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A report for the call server and the other participant (docs/protocol/quality-reports.md), made of the call-quality
 * structures since the last one: counts are added up, scores and times are means. Not thread-safe. */
typedef struct CallReport CallReport;

CallReport *call_report_new (void);
void call_report_free (CallReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallReport, call_report_free)

void call_report_add (CallReport *self, const GstStructure *figures);
/* JSON, and begins anew. NULL: nothing was added. */
char *call_report_take (CallReport *self, gboolean final);

/* A structure "call-quality-remote" with the figures of a report's first level; empty for what is no report. */
GstStructure *call_report_read (const char *json);

G_END_DECLS
