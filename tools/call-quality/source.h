/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "entry.h"

G_BEGIN_DECLS

/* A file of any kind that is read: capture, RTP dump, log of messages.
 *
 * @entries: of Entry, what was found is added. @warnings: of char *, what was not read of a file that was.
 * FALSE: nothing could be read. */
gboolean source_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error);

gboolean capture_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error);  /* capture.c */
gboolean rtp_dump_read (const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error); /* rtpdump.c */
gboolean message_log_read (
    const char *file, GPtrArray *entries, GPtrArray *warnings, GError **error); /* messagelog.c */

G_END_DECLS
