/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "gst/core/callmessage.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How the values in a call message are read from JSON and written to it. Private to callmessage*.c. */

typedef struct CallField CallField;

typedef struct
{
  /* @node: the member's value; for a field without a name the whole body. */
  gboolean (*read) (const CallField *field, JsonNode *node, CallMessage *message, GError **error);
  void (*write) (const CallField *field, const CallMessage *message, JsonBuilder *builder);
} CallKind;

struct CallField
{
  const char *name; /* NULL: the value is the body itself, or several of its members */
  const CallKind *kind;
  gsize offset; /* in CallMessage */
  gint64 min;   /* of a number, or of a string's bytes */
  gint64 max;
  const char *const *words; /* the values that a string can have; NULL: any */
};

extern const CallKind call_kind_string;
extern const CallKind call_kind_int;
extern const CallKind call_kind_duration; /* of an answer: written when the call is over */
extern const CallKind call_kind_boolean;
extern const CallKind call_kind_user;
extern const CallKind call_kind_media;
extern const CallKind call_kind_ice_servers;
extern const CallKind call_kind_signal;
extern const CallKind call_kind_quality;
extern const CallKind call_kind_ok;

gboolean call_field_invalid (const CallField *field, GError **error); /* sets @error, FALSE */

G_END_DECLS
