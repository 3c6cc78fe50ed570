/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Which rule a call meets, and what the {names} in its values become. */

#include "rules.h"

#include <string.h>

static gboolean
fits (const char *pattern, const char *text)
{
  return pattern == NULL || (text != NULL && g_pattern_match_simple (pattern, text));
}

/* From @from up to, not including, @to; over midnight when @to is the earlier one. */
static gboolean
is_within (int from, int to, int minute)
{
  if (from == to)
    return TRUE;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

const Rule *
rules_match (const Rules *rules, const RuleCall *call, int minute)
{
  for (guint i = 0; i < rules->rules->len; i++) {
    const Rule *rule = g_ptr_array_index (rules->rules, i);
    if (fits (rule->user, call->user) && fits (rule->peer, call->peer)
        && (rule->call_type == NULL || g_strcmp0 (rule->call_type, call->call_type) == 0)
        && is_within (rule->from, rule->to, minute))
      return rule;
  }
  return NULL;
}

/* Ids come from tokens and from the server: as a part of a file's name they must not lead anywhere else. */
static void
append_id (GString *out, const char *id)
{
  gsize start = out->len;

  g_string_append (out, id != NULL && *id != '\0' ? id : "none");
  for (char *at = out->str + start; *at != '\0'; at++)
    if (*at == '/' || *at == '\\' || g_ascii_iscntrl (*at) || (*at == '.' && at == out->str + start))
      *at = '_';
}

/* One {name}; FALSE: there is none of that name. @call NULL: only looks. */
static gboolean
append_name (GString *out, const char *name, gsize length, const RuleCall *call)
{
  static const struct
  {
    const char *name;
    gsize offset;
  } names[] = {
      {"call-id", G_STRUCT_OFFSET (RuleCall, call_id)},
      {"peer", G_STRUCT_OFFSET (RuleCall, peer)},
      {"user", G_STRUCT_OFFSET (RuleCall, user)},
      {"call-type", G_STRUCT_OFFSET (RuleCall, call_type)},
      {"time", G_STRUCT_OFFSET (RuleCall, time)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strlen (names[i].name) != length || strncmp (names[i].name, name, length) != 0)
      continue;
    if (call != NULL)
      append_id (out, *(const char *const *) ((const char *) call + names[i].offset));
    return TRUE;
  }
  if (length != strlen ("attempt") || strncmp ("attempt", name, length) != 0)
    return FALSE;
  if (call != NULL)
    g_string_append_printf (out, "%u", call->attempt);
  return TRUE;
}

/* {{ is a brace. Returns where it went wrong, or NULL. */
static const char *
fill (const char *pattern, GString *out, const RuleCall *call)
{
  const char *at = pattern;

  while (*at != '\0') {
    const char *end = *at == '{' ? strchr (at, '}') : NULL;
    if (*at != '{' || at[1] == '{') {
      g_string_append_c (out, *at);
      at += *at == '{' ? 2 : 1;
      continue;
    }
    if (end == NULL || !append_name (out, at + 1, end - at - 1, call))
      return at;
    at = end + 1;
  }
  return NULL;
}

gboolean
rule_pattern_check (const char *pattern, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *wrong = fill (pattern, out, NULL);

  if (wrong == NULL)
    return TRUE;
  g_set_error (error, RULES_ERROR, 0,
      "'%s' begins none of {call-id} {peer} {user} {call-type} {time} {attempt}; a brace is {{", wrong);
  return FALSE;
}

char *
rule_pattern_fill (const char *pattern, const RuleCall *call)
{
  GString *out = g_string_new (NULL);

  fill (pattern, out, call);
  return g_string_free (out, FALSE);
}
