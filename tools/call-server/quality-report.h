/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/record.h"

G_BEGIN_DECLS

#define QUALITY_REPORT_MAX_BYTES 8192

/* What a participant measured, out of a report with its callId. NULL: a FAILURE_ERROR says what is wrong. */
QualityReport *quality_report_read (JsonObject *body, GError **error);

G_END_DECLS
