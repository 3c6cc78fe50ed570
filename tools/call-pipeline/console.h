/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Where a run says what it does: events on stdout, complaints on stderr, on a terminal one line that is rewritten. */

typedef struct
{
  gboolean json;     /* events as JSON, one object a line */
  gboolean terminal; /* stdout is one, and not for JSON */
  gboolean status;   /* its last line is the one that is rewritten */
} Console;

/* @own_stdout: it is there for what is said, not for media. */
void console_init (Console *self, gboolean json, gboolean own_stdout);
/* `NAME: TEXT`, or {"event":NAME, FIELD:TEXT}. */
void console_say (Console *self, const char *event, const char *field, const char *text);
void console_message (Console *self, const GstStructure *message);
void console_line (Console *self, const char *text);
void console_complain (Console *self, const char *who, const char *text);
/* Rewrites the terminal's line; nothing elsewhere. */
void console_status (Console *self, const char *text);

G_END_DECLS
