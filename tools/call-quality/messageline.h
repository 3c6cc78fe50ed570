/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of a log that holds a message `call-quality`: fields by the names of docs/protocol/quality.md, values as
 * text. Members in camelCase are taken under those names, too. */
typedef GHashTable MessageLine; /* name -> value */

#define MESSAGE_LINE_ELEMENT "*element" /* the field under which the element's name is found */

gboolean message_line_looks (const char *text, gsize length);
/* NULL: no such message, or one that cannot be read. */
MessageLine *message_line_parse (const char *text, gsize length);
const char *message_line_text (const MessageLine *line, const char *name);
double message_line_number (const MessageLine *line, const char *name); /* NAN: not there, or no number */
gboolean message_line_is_true (const MessageLine *line, const char *name);

G_END_DECLS
