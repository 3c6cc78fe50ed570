/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "console.h"

#include <stdio.h>
#include <unistd.h>

#include "events.h"

#define CLEAR_LINE "\r\033[K"

void
console_init (Console *self, gboolean json, gboolean own_stdout)
{
  self->json = json;
  self->terminal = !json && own_stdout && isatty (STDOUT_FILENO);
  self->status = FALSE;
}

static void
leave_status (Console *self)
{
  if (self->status) {
    g_print ("%s", CLEAR_LINE);
    fflush (stdout);
  }
  self->status = FALSE;
}

void
console_line (Console *self, const char *text)
{
  leave_status (self);
  g_print ("%s\n", text);
}

void
console_say (Console *self, const char *event, const char *field, const char *text)
{
  g_autoptr (GstStructure) structure = gst_structure_new (event, field, G_TYPE_STRING, text, NULL);
  g_autofree char *line = self->json ? events_to_json (structure) : g_strdup_printf ("%s: %s", event, text);

  console_line (self, line);
}

void
console_message (Console *self, const GstStructure *message)
{
  g_autofree char *line = self->json ? events_to_json (message) : events_to_text (message);

  console_line (self, line);
}

void
console_complain (Console *self, const char *who, const char *text)
{
  leave_status (self);
  g_printerr ("%s: %s\n", who, text);
}

void
console_status (Console *self, const char *text)
{
  if (!self->terminal)
    return;
  g_print ("%s%s", CLEAR_LINE, text);
  fflush (stdout);
  self->status = TRUE;
}
