/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Reads a reaction, and holds a message against it.
 *
 *   dtmf-event key=1: stop *, start prices
 *   level rms>-40: timer silence 5s
 *
 * The first `: ` ends the condition, a `, ` parts actions, a space parts words. There is no quoting: what has spaces
 * in it comes as the value of a variable, and that is put in after the words are parted. Numbers are compared as
 * numbers. */

#include "reaction.h"

#include <string.h>

#include "recipe.h"

static const char *const verbs[] = {
    [REACTION_START] = "start",
    [REACTION_LOOP] = "loop",
    [REACTION_STOP] = "stop",
    [REACTION_SET] = "set",
    [REACTION_TIMER] = "timer",
    [REACTION_PRESS] = "press",
    [REACTION_HANG_UP] = "hang-up",
    [REACTION_END] = "end",
};

static const char *const tests[] = {
    [REACTION_EQUAL] = "=",
    [REACTION_UNEQUAL] = "!=",
    [REACTION_LESS] = "<",
    [REACTION_MORE] = ">",
};

static gboolean
syntax_error (GError **error, const char *what, const char *detail)
{
  g_set_error (error, RECIPE_ERROR, RECIPE_ERROR_SYNTAX, "%s: '%s'", what, detail);
  return FALSE;
}

static void
condition_free (gpointer data)
{
  ReactionCondition *condition = data;

  g_free (condition->field);
  g_free (condition->value);
  g_free (condition);
}

static void
action_free (gpointer data)
{
  ReactionAction *action = data;

  g_free (action->object);
  g_free (action->property);
  g_free (action->value);
  g_free (action);
}

static Reaction *
reaction_new (const char *message)
{
  Reaction *self = g_new0 (Reaction, 1);

  self->message = g_strdup (message);
  self->conditions = g_ptr_array_new_with_free_func (condition_free);
  self->actions = g_ptr_array_new_with_free_func (action_free);
  return self;
}

static gboolean
is_name (const char *text)
{
  return g_ascii_isalpha (text[0])
         && text[strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] == '\0';
}

static gboolean
add_condition (Reaction *self, const char *word, GError **error)
{
  gsize length = strcspn (word, "=!<>");
  g_autofree char *field = g_strndup (word, length);
  ReactionCondition *condition;

  if (!is_name (field))
    return syntax_error (error, "not FIELD=VALUE", word);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    if (!g_str_has_prefix (word + length, tests[i]))
      continue;
    condition = g_new0 (ReactionCondition, 1);
    condition->field = g_steal_pointer (&field);
    condition->test = i;
    condition->value = g_strdup (word + length + strlen (tests[i]));
    g_ptr_array_add (self->conditions, condition);
    return TRUE;
  }
  return syntax_error (error, "not FIELD=VALUE", word);
}

/* `ELEMENT.PROPERTY=VALUE`: the value is the rest, spaces and all. */
static gboolean
parse_set (ReactionAction *action, const char *text, GError **error)
{
  const char *dot = strchr (text, '.');
  const char *equals = dot != NULL ? strchr (dot, '=') : NULL;

  if (dot == NULL || equals == NULL || dot == text || equals == dot + 1)
    return syntax_error (error, "not ELEMENT.PROPERTY=VALUE", text);
  action->object = g_strndup (text, dot - text);
  action->property = g_strndup (dot + 1, equals - dot - 1);
  action->value = g_strdup (equals + 1);
  return is_name (action->object) || syntax_error (error, "no element's name", action->object);
}

static gboolean
parse_timer (ReactionAction *action, const char *text, GError **error)
{
  const char *space = strchr (text, ' ');
  guint milliseconds;

  if (space == NULL)
    return syntax_error (error, "not NAME TIME", text);
  action->object = g_strndup (text, space - text);
  action->value = g_strstrip (g_strdup (space + 1));
  if (!is_name (action->object))
    return syntax_error (error, "no timer's name", action->object);
  return strstr (action->value, "${") != NULL || reaction_parse_time (action->value, &milliseconds)
         || syntax_error (error, "no time like 500ms, 30s, 2m or none (at most 24h)", action->value);
}

/* What stands behind the verb. */
static gboolean
parse_object (ReactionAction *action, const char *text, GError **error)
{
  switch (action->verb) {
    case REACTION_SET:
      return parse_set (action, text, error);
    case REACTION_TIMER:
      return parse_timer (action, text, error);
    case REACTION_END:
      return text[0] == '\0' || syntax_error (error, "end takes nothing", text);
    case REACTION_PRESS:
      action->value = g_strdup (text);
      return text[0] != '\0' || syntax_error (error, "no keys", text);
    case REACTION_HANG_UP:
      action->object = text[0] != '\0' ? g_strdup (text) : NULL;
      return text[0] == '\0' || is_name (text) || syntax_error (error, "no element's name", text);
    default:
      action->object = g_strdup (text);
      return is_name (text) || (action->verb == REACTION_STOP && g_str_equal (text, "*"))
             || syntax_error (error, "no branch's name", text);
  }
}

static gboolean
add_action (Reaction *self, const char *text, GError **error)
{
  gsize length = strcspn (text, " ");
  g_autofree char *word = g_strndup (text, length);
  ReactionAction *action;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (!g_str_equal (word, verbs[i]))
      continue;
    action = g_new0 (ReactionAction, 1);
    action->verb = i;
    g_ptr_array_add (self->actions, action);
    return parse_object (action, text + length + strspn (text + length, " "), error);
  }
  return syntax_error (error, "no such action (start, loop, stop, set, timer, press, hang-up, end)", text);
}

/* As a double; FALSE when it is no number, or not only one. */
static gboolean
to_number (const char *text, double *number)
{
  char *end = NULL;

  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

static gboolean
condition_holds (const ReactionCondition *self, const char *text)
{
  double a = 0, b = 0;
  gboolean numbers = to_number (text, &a) && to_number (self->value, &b);
  gboolean equal = numbers ? a == b : g_str_equal (text, self->value);

  switch (self->test) {
    case REACTION_EQUAL:
      return equal;
    case REACTION_UNEQUAL:
      return !equal;
    case REACTION_LESS:
      return numbers && a < b;
    default:
      return numbers && a > b;
  }
}

Reaction *
reaction_parse (const char *text, GError **error)
{
  const char *colon = strstr (text, ": ");
  g_autofree char *head = colon != NULL ? g_strndup (text, colon - text) : NULL;
  g_auto (GStrv) words = head != NULL ? g_strsplit (head, " ", -1) : NULL;
  g_auto (GStrv) actions = colon != NULL ? g_strsplit (colon + 2, ", ", -1) : NULL;
  g_autoptr (Reaction) self = NULL;

  if (colon == NULL || words[0] == NULL || !is_name (words[0])) {
    syntax_error (error, "not `MESSAGE [FIELD=VALUE...]: ACTION, ACTION`", text);
    return NULL;
  }
  self = reaction_new (words[0]);
  for (guint i = 1; words[i] != NULL; i++) {
    if (words[i][0] != '\0' && !add_condition (self, words[i], error))
      return NULL;
  }
  for (guint i = 0; actions[i] != NULL; i++) {
    if (!add_action (self, g_strstrip (actions[i]), error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
reaction_free (Reaction *self)
{
  g_free (self->message);
  g_ptr_array_unref (self->conditions);
  g_ptr_array_unref (self->actions);
  g_free (self);
}

Reaction *
reaction_copy (const Reaction *self, ReactionValueFunc map, gpointer user_data)
{
  Reaction *copy = reaction_new (self->message);

  for (guint i = 0; i < self->conditions->len; i++) {
    const ReactionCondition *from = g_ptr_array_index (self->conditions, i);
    ReactionCondition *to = g_new0 (ReactionCondition, 1);
    to->field = g_strdup (from->field);
    to->test = from->test;
    to->value = map (from->value, user_data);
    g_ptr_array_add (copy->conditions, to);
  }
  for (guint i = 0; i < self->actions->len; i++) {
    const ReactionAction *from = g_ptr_array_index (self->actions, i);
    ReactionAction *to = g_new0 (ReactionAction, 1);
    to->verb = from->verb;
    to->object = g_strdup (from->object);
    to->property = g_strdup (from->property);
    to->value = from->value != NULL ? map (from->value, user_data) : NULL;
    g_ptr_array_add (copy->actions, to);
  }
  return copy;
}

gboolean
reaction_matches (const Reaction *self, const char *message, ReactionFieldFunc get, gpointer user_data)
{
  if (!g_str_equal (self->message, message))
    return FALSE;
  for (guint i = 0; i < self->conditions->len; i++) {
    const ReactionCondition *condition = g_ptr_array_index (self->conditions, i);
    g_autofree char *text = get (condition->field, user_data);
    if (text == NULL || !condition_holds (condition, text))
      return FALSE;
  }
  return TRUE;
}

gboolean
reaction_parse_time (const char *text, guint *milliseconds)
{
  guint seconds = 0;
  char *end = NULL;
  guint64 number;

  if (recipe_parse_timeout (text, &seconds)) {
    *milliseconds = seconds * 1000;
    return TRUE;
  }
  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  *milliseconds = number;
  return number > 0 && number <= 24 * 60 * 60 * 1000 && g_str_equal (end, "ms");
}

char *
reaction_to_string (const Reaction *self)
{
  GString *text = g_string_new (self->message);

  for (guint i = 0; i < self->conditions->len; i++) {
    const ReactionCondition *condition = g_ptr_array_index (self->conditions, i);
    g_string_append_printf (text, " %s%s%s", condition->field, tests[condition->test], condition->value);
  }
  for (guint i = 0; i < self->actions->len; i++) {
    const ReactionAction *action = g_ptr_array_index (self->actions, i);
    g_string_append_printf (text, "%s %s", i == 0 ? ":" : ",", verbs[action->verb]);
    if (action->object != NULL)
      g_string_append_printf (text, " %s", action->object);
    if (action->property != NULL)
      g_string_append_printf (text, ".%s=", action->property);
    else if (action->value != NULL)
      g_string_append_c (text, ' ');
    g_string_append (text, action->value != NULL ? action->value : "");
  }
  return g_string_free (text, FALSE);
}
