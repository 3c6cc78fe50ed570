/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What can be asked of a worker. Recipes by name alone: a path would let whoever has the token run any pipeline. */

#include <json-glib/json-glib.h>
#include <string.h>

#include "control.h"
#include "gst/core/jsoncheck.h"
#include "gst/core/jsontext.h"
#include "elements.h"
#include "library.h"
#include "rules-check.h"
#include "runner.h"

#define DEFAULT_LINES 100
#define MAX_ID 200

typedef struct
{
  const char *method;
  const char *path; /* `*` at its end, or before /logs: an id */
  gboolean open;    /* without a token */
  void (*handle) (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply);
} Route;

void
control_fail (ControlReply *reply, guint status, const char *code, const char *format, ...)
{
  g_autoptr (GString) text = g_string_new ("{\"success\":false,\"message\":");
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  json_append_quoted (text, valid);
  g_string_append_printf (text, ",\"code\":\"%s\"}", code);
  g_free (reply->text);
  *reply = (ControlReply){status, "application/json", g_strdup (text->str)};
}

static void
succeed (ControlReply *reply, guint status, char *json)
{
  *reply = (ControlReply){status, "application/json", json};
}

/* ---- starting ---- */

static const char *
text_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* A text, a number or a boolean, as the command line would have it; NULL: something else. */
static char *
value_to_text (JsonNode *node)
{
  if (text_of (node) != NULL)
    return g_strdup (text_of (node));
  return JSON_NODE_HOLDS_VALUE (node) ? json_mend_exponents (json_to_string (node, FALSE)) : NULL;
}

static char *
escape_braces (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, "{", "{{", 0);
  return g_string_free (out, FALSE);
}

static gboolean
add_values (JobOrder *order, const Recipe *recipe, JsonObject *values, GHashTable *given, ControlReply *reply)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &name, &node)) {
    g_autofree char *text = value_to_text (node);
    g_autofree char *pattern = text != NULL ? escape_braces (text) : NULL;
    if (text == NULL || recipe_find_variable (recipe, name) == NULL) {
      control_fail (reply, 400, text == NULL ? "bad-value" : "unknown-variable", "%s: %s", name,
          text == NULL ? "a text, a number or a boolean" : "the recipe has no such variable");
      return FALSE;
    }
    job_order_add_value (order, name, pattern);
    g_hash_table_insert (given, g_strdup (name), g_strdup (text));
  }
  return TRUE;
}

static Recipe *
load_recipe (const char *name, ControlReply *reply)
{
  g_autoptr (GError) error = NULL;
  Recipe *recipe;

  if (name == NULL || strpbrk (name, "/\\") != NULL || g_str_has_suffix (name, RECIPE_SUFFIX)
      || strlen (name) > MAX_ID) {
    control_fail (reply, 400, "bad-recipe", "recipe: the name of a recipe");
    return NULL;
  }
  recipe = library_load (name, &error);
  if (recipe == NULL)
    control_fail (reply, 404, "unknown-recipe", "%s", error->message);
  return recipe;
}

/* What would end the bot at once is said at once. */
static gboolean
check_order (const Recipe *recipe, GHashTable *given, ControlReply *reply)
{
  g_autoptr (GPtrArray) missing = elements_missing (recipe);
  const RuleCall none = {0};
  g_autoptr (GError) error = NULL;

  if (recipe->stdout_media) {
    control_fail (reply, 409, "writes-stdout", "the recipe writes to standard output, which is nobody's here");
    return FALSE;
  }
  if (missing->len > 0) {
    control_fail (reply, 409, "missing-element", "the recipe needs %s, which is not installed",
        (char *) g_ptr_array_index (missing, 0));
    return FALSE;
  }
  for (guint i = 0; i < recipe->variables->len; i++) {
    const RecipeVariable *variable = g_ptr_array_index (recipe->variables, i);
    if (!g_hash_table_contains (given, variable->name) && rules_given (variable->name, "-", &none) != NULL)
      g_hash_table_insert (given, g_strdup (variable->name), g_strdup ("-"));
  }
  if (recipe_check_values (recipe, given, &error))
    return TRUE;
  control_fail (reply, 400,
      g_error_matches (error, RECIPE_ERROR, RECIPE_ERROR_MISSING) ? "missing-variable" : "bad-value", "%s",
      error->message);
  return FALSE;
}

static JobOrder *
make_order (JsonObject *body, ControlReply *reply)
{
  const char *name = text_of (json_object_get_member (body, "recipe"));
  JsonNode *user = json_object_get_member (body, "user");
  JsonNode *values = json_object_get_member (body, "values");
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (Recipe) recipe = load_recipe (name, reply);
  g_autoptr (JobOrder) order = NULL;

  if (recipe == NULL)
    return NULL;
  order = job_order_new (name);
  order->user = g_strdup (text_of (user));
  if (user != NULL && order->user == NULL) { /* not the first one's token then */
    control_fail (reply, 400, "bad-value", "user: a user's id, a text");
    return NULL;
  }
  if (values != NULL && !JSON_NODE_HOLDS_OBJECT (values)) {
    control_fail (reply, 400, "bad-value", "values: an object");
    return NULL;
  }
  if (values != NULL && !add_values (order, recipe, json_node_get_object (values), given, reply))
    return NULL;
  return check_order (recipe, given, reply) ? g_steal_pointer (&order) : NULL;
}

static gboolean
check_members (JsonObject *body, ControlReply *reply)
{
  g_autoptr (GList) members = json_object_get_members (body);

  for (GList *at = members; at != NULL; at = at->next)
    if (!g_str_equal (at->data, "recipe") && !g_str_equal (at->data, "values") && !g_str_equal (at->data, "user")) {
      control_fail (
          reply, 400, "unknown-member", "%s: recipe, values and user are what can be given", (char *) at->data);
      return FALSE;
    }
  return TRUE;
}

static void
start_job (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;
  JsonNode *root;
  JobOrder *order;
  Job *job = NULL;

  if (!json_check (request->body, request->length, JSON_CHECK_MAX_DEPTH, &error)
      || !json_parser_load_from_data (parser, request->body, (gssize) request->length, &error)) {
    control_fail (reply, 400, "bad-json", "the body is not JSON: %s", error->message);
    return;
  }
  root = json_parser_get_root (parser);
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    control_fail (reply, 400, "bad-json", "the body is no object");
    return;
  }
  order = check_members (json_node_get_object (root), reply) ? make_order (json_node_get_object (root), reply) : NULL;
  if (order == NULL)
    return;
  switch (worker_start_order (worker, order, &job)) {
    case WORKER_STARTED:
      succeed (reply, 201, control_job_to_json (job));
      break;
    case WORKER_DRAINING:
      control_fail (reply, 503, "draining", "the worker is about to end");
      break;
    case WORKER_FULL:
      control_fail (reply, 429, "too-many-jobs", "as many jobs run as may (max-jobs)");
      break;
    case WORKER_NO_USER:
      control_fail (reply, 404, "unknown-user", "the rules have no such user");
  }
}

/* ---- looking and stopping ---- */

static Job *
find (Worker *worker, const char *id, ControlReply *reply)
{
  Job *job = worker_find_job (worker, id);

  if (job == NULL)
    control_fail (reply, 404, "unknown-job", "there is no job of this id (any more)");
  return job;
}

static void
list_jobs (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  const char *name = request->query (request->connection, "state");
  JobState state;

  if (name != NULL && !job_state_from_string (name, &state))
    control_fail (reply, 400, "bad-value", "state: there is no such state");
  else
    succeed (reply, 200, control_jobs_to_json (worker_get_jobs (worker), name != NULL ? &state : NULL));
}

static void
get_job (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  const Job *job = find (worker, id, reply);

  if (job != NULL)
    succeed (reply, 200, control_job_to_json (job));
}

static void
get_log (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  const Job *job = find (worker, id, reply);
  const char *text = request->query (request->connection, "lines");
  guint64 lines = DEFAULT_LINES;

  if (job == NULL)
    return;
  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, JOB_LOG_LINES, &lines, NULL))
    control_fail (reply, 400, "bad-value", "lines: a number from 1 to %d", JOB_LOG_LINES);
  else
    succeed (reply, 200, control_log_to_json (job, (guint) lines));
}

static void
stop_job (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  Job *job = find (worker, id, reply);
  const char *force = request->query (request->connection, "force");

  if (job == NULL)
    return;
  if (force != NULL && !g_str_equal (force, "1") && !g_str_equal (force, "0")) {
    control_fail (reply, 400, "bad-value", "force: 0 or 1");
    return;
  }
  worker_stop_job (worker, job, g_strcmp0 (force, "1") == 0);
  succeed (reply, 202, control_job_to_json (job));
}

static void
get_health (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  succeed (reply, 200, g_strdup ("{\"status\":\"ok\"}"));
}

static void
get_ready (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  g_autofree char *problem = worker_why_not_ready (worker);

  if (problem == NULL)
    succeed (reply, 200, g_strdup ("{\"status\":\"ready\"}"));
  else
    control_fail (reply, 503, "not-ready", "%s", problem);
}

static void
get_metrics (Worker *worker, const ControlRequest *request, const char *id, ControlReply *reply)
{
  *reply = (ControlReply){200, "text/plain; version=0.0.4; charset=utf-8", worker_metrics (worker)};
}

/* ---- routes ---- */

static const Route routes[] = {
    {"GET", "/healthz", TRUE, get_health},
    {"GET", "/readyz", TRUE, get_ready},
    {"GET", "/metrics", TRUE, get_metrics},
    {"POST", "/api/jobs", FALSE, start_job},
    {"GET", "/api/jobs", FALSE, list_jobs},
    {"GET", "/api/jobs/*", FALSE, get_job},
    {"DELETE", "/api/jobs/*", FALSE, stop_job},
    {"GET", "/api/jobs/*/logs", FALSE, get_log},
};

/* The id in @path, or "" where the route has none; NULL: another path. */
static char *
match (const char *pattern, const char *path)
{
  const char *star = strchr (pattern, '*');
  gsize before = star != NULL ? (gsize) (star - pattern) : 0;
  const char *id = path + before;
  gsize length;

  if (star == NULL)
    return g_str_equal (pattern, path) ? g_strdup ("") : NULL;
  if (strncmp (pattern, path, before) != 0)
    return NULL;
  length = strcspn (id, "/");
  return length > 0 && length <= MAX_ID && g_str_equal (id + length, star + 1) ? g_strndup (id, length) : NULL;
}

void
control_answer (Worker *worker, const ControlRequest *request, ControlReply *reply)
{
  gboolean known = FALSE;

  if (!request->allowed && g_str_has_prefix (request->path, "/api/")) {
    control_fail (reply, 401, "unauthorized", "Authorization: Bearer and the token of the control API");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++) {
    g_autofree char *id = match (routes[i].path, request->path);
    known |= id != NULL;
    if (id == NULL || !g_str_equal (routes[i].method, request->method) || !(routes[i].open || request->allowed))
      continue;
    routes[i].handle (worker, request, id, reply);
    return;
  }
  if (known)
    control_fail (reply, 405, "method-not-allowed", "%s is nothing that can be done with it", request->method);
  else
    control_fail (reply, 404, "not-found", "there is no such path");
}
