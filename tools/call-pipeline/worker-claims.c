/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* flock() and not fcntl(): it belongs to the open file and so is not lost when something else in the process closes
 * another descriptor of it. A file is unlinked by who holds its lock, so one that was opened before that and locked
 * after it is no claim: its inode is not the one in the folder any more.
 *
 * The kernel tells nobody of a lock that it let go of, so the folder is looked through once a second. */

#include "worker-claims.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gst/core/jsoncheck.h"

#define SUFFIX ".call"
#define UNFINISHED ".new-"
#define MAX_CLAIM (64 << 10)

struct Claims
{
  char *folder;
  char *worker;
  guint made; /* so far, for names */
};

struct Claim
{
  const char *worker; /* the claims' */
  char *path;
  int fd;
};

static void
set_errno (GError **error, const char *path)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
}

static void
claim_free (Claim *claim)
{
  if (claim == NULL)
    return;
  if (claim->fd >= 0)
    close (claim->fd);
  g_free (claim->path);
  g_free (claim);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Claim, claim_free)

static gboolean
is_in_place (const Claim *claim)
{
  struct stat mine, there;

  return fstat (claim->fd, &mine) == 0 && g_stat (claim->path, &there) == 0 && mine.st_ino == there.st_ino
         && mine.st_dev == there.st_dev;
}

/* NULL without @error: it is another's. */
static Claim *
lock_claim (const Claims *claims, const char *path, int flags, GError **error)
{
  g_autoptr (Claim) claim = g_new0 (Claim, 1);

  claim->worker = claims->worker;
  claim->path = g_strdup (path);
  claim->fd = g_open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (claim->fd < 0) {
    if (errno != ENOENT || (flags & O_CREAT) != 0) /* the folder is gone then */
      set_errno (error, path);
    return NULL;
  }
  if (flock (claim->fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      set_errno (error, path);
    return NULL;
  }
  return is_in_place (claim) ? g_steal_pointer (&claim) : NULL;
}

/* Ids are the server's; of one that would make no file name, its hash does. */
static char *
path_of (const Claims *claims, const char *call_id)
{
  g_autofree char *hash = NULL;
  g_autofree char *name = NULL;

  if (strspn (call_id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen (call_id)
      || strlen (call_id) > 100)
    hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, call_id, -1);
  name = g_strconcat (hash != NULL ? hash : call_id, SUFFIX, NULL);
  return g_build_filename (claims->folder, name, NULL);
}

/* ---- content ---- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static char *
order_to_json (const JobOrder *order, guint attempt, const char *worker)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "worker", worker);
  add_text (builder, "callId", order->call_id);
  add_text (builder, "user", order->user);
  add_text (builder, "peer", order->peer);
  add_text (builder, "callType", order->call_type);
  add_text (builder, "rule", order->rule);
  add_text (builder, "recipe", order->recipe);
  add_text (builder, "timeout", order->timeout);
  json_builder_set_member_name (builder, "attempt");
  json_builder_add_int_value (builder, attempt);
  json_builder_set_member_name (builder, "values");
  json_builder_begin_object (builder);
  for (guint i = 0; i < order->values->len; i++) {
    const RuleValue *value = g_ptr_array_index (order->values, i);
    add_text (builder, value->name, value->pattern);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static char *
dup_text (JsonObject *object, const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, NULL));
}

static void
add_value (JsonObject *object, const char *name, JsonNode *node, gpointer order)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
      && rule_pattern_check (json_node_get_string (node), NULL))
    job_order_add_value (order, name, json_node_get_string (node));
}

static JobOrder *
order_from_object (JsonObject *object, guint *attempt)
{
  g_autofree char *recipe = dup_text (object, "recipe");
  g_autoptr (JobOrder) order = NULL;
  JsonNode *values = json_object_get_member (object, "values");

  if (recipe == NULL)
    return NULL;
  order = job_order_new (recipe);
  order->call_id = dup_text (object, "callId");
  order->user = dup_text (object, "user");
  order->peer = dup_text (object, "peer");
  order->call_type = dup_text (object, "callType");
  order->rule = dup_text (object, "rule");
  order->timeout = dup_text (object, "timeout");
  *attempt = (guint) CLAMP (json_object_get_int_member_with_default (object, "attempt", 1), 1, 100000);
  if (values != NULL && JSON_NODE_HOLDS_OBJECT (values))
    json_object_foreach_member (json_node_get_object (values), add_value, order);
  return order->call_id != NULL && order->user != NULL ? g_steal_pointer (&order) : NULL;
}

/* NULL: its worker was killed while it wrote, or somebody else put it there. */
static JobOrder *
read_order (const Claim *claim, guint *attempt)
{
  g_autofree char *text = g_malloc (MAX_CLAIM);
  gssize length = pread (claim->fd, text, MAX_CLAIM, 0);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (length <= 0 || !json_check (text, length, JSON_CHECK_MAX_DEPTH, NULL)
      || !json_parser_load_from_data (parser, text, length, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return NULL;
  return order_from_object (json_node_get_object (json_parser_get_root (parser)), attempt);
}

gboolean
claim_write (Claim *claim, const JobOrder *order, guint attempt, GError **error)
{
  g_autofree char *text = order_to_json (order, attempt, claim->worker);
  gsize length = strlen (text);

  if (ftruncate (claim->fd, 0) == 0 && pwrite (claim->fd, text, length, 0) == (gssize) length)
    return TRUE;
  set_errno (error, claim->path);
  return FALSE;
}

/* ---- taking ---- */

void
claim_release (Claim *claim)
{
  if (claim == NULL)
    return;
  g_unlink (claim->path);
  claim_free (claim);
}

/* Under its name when it is locked and complete: nobody ever finds one that is half made. */
Claim *
claims_take (Claims *claims, const JobOrder *order, guint attempt, GError **error)
{
  g_autofree char *path = path_of (claims, order->call_id);
  g_autofree char *name = g_strdup_printf (UNFINISHED "%d-%u", (int) getpid (), claims->made++);
  g_autofree char *unfinished = g_build_filename (claims->folder, name, NULL);
  g_autoptr (Claim) claim = lock_claim (claims, unfinished, O_CREAT | O_EXCL, error);
  gboolean made = FALSE;

  if (claim != NULL && claim_write (claim, order, attempt, error)) {
    made = link (unfinished, path) == 0;
    if (!made && errno != EEXIST)
      set_errno (error, path);
  }
  g_unlink (unfinished);
  if (!made)
    return NULL;
  g_free (claim->path);
  claim->path = g_steal_pointer (&path);
  return g_steal_pointer (&claim);
}

/* The lock of @path if nobody has it, and what it was for; NULL, and nothing changed, if we do not want it. */
static Claim *
take_if (Claims *claims, const char *path, ClaimWantsFunc wants, gpointer user_data, JobOrder **order, guint *attempt)
{
  g_autoptr (Claim) claim = lock_claim (claims, path, 0, NULL);

  if (claim == NULL)
    return NULL;
  *order = read_order (claim, attempt);
  if (*order == NULL) {
    g_warning ("%s says nothing that can be taken over", path);
    g_unlink (path);
    return NULL;
  }
  if (wants (*order, user_data))
    return g_steal_pointer (&claim);
  g_clear_pointer (order, job_order_free);
  return NULL;
}

Claim *
claims_take_orphan (Claims *claims, ClaimWantsFunc wants, gpointer user_data, JobOrder **order, guint *attempt)
{
  g_autoptr (GDir) folder = g_dir_open (claims->folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (claims->folder, name, NULL);
    Claim *claim = g_str_has_suffix (name, SUFFIX) ? take_if (claims, path, wants, user_data, order, attempt) : NULL;
    if (claim != NULL)
      return claim;
  }
  return NULL;
}

/* ---- the folder ---- */

/* What a worker left that was killed while it made a claim. */
static void
remove_unfinished (const Claims *claims)
{
  g_autoptr (GDir) folder = g_dir_open (claims->folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (claims->folder, name, NULL);
    g_autoptr (Claim) left = g_str_has_prefix (name, UNFINISHED) ? lock_claim (claims, path, 0, NULL) : NULL;
    if (left != NULL)
      g_unlink (path);
  }
}

Claims *
claims_open (const char *folder, const char *worker, GError **error)
{
  Claims *claims;

  if (g_mkdir_with_parents (folder, 0700) != 0 || access (folder, R_OK | W_OK | X_OK) != 0) {
    set_errno (error, folder);
    g_prefix_error (error, "the state folder cannot be written: ");
    return NULL;
  }
  claims = g_new0 (Claims, 1);
  claims->folder = g_strdup (folder);
  claims->worker = g_strdup (worker);
  remove_unfinished (claims);
  return claims;
}

void
claims_close (Claims *claims)
{
  if (claims == NULL)
    return;
  g_free (claims->folder);
  g_free (claims->worker);
  g_free (claims);
}
