/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/backup.h"

#include "tools/call-server/store-sql.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where SQLite locks a database's file; a connection in WAL mode holds a lock there for as long as it is open. */
#define LOCK_START (0x40000000 + 2)
#define LOCK_SIZE 510

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close)

static gboolean
fail (GError **error, const char *path, const char *reason)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, reason);
  return FALSE;
}

static gboolean
sync_path (const char *path, int flags, GError **error)
{
  int fd = open (path, flags | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  int reason = errno;
  if (fd >= 0)
    close (fd);
  return synced || fail (error, path, g_strerror (reason));
}

/* The one value that @text asks for, or why there is none. */
static char *
query (sqlite3 *db, const char *text)
{
  sqlite3_stmt *stmt = NULL;
  char *answer = NULL;
  if (sqlite3_prepare_v2 (db, text, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    answer = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  else
    answer = g_strdup (sqlite3_errmsg (db));
  sqlite3_finalize (stmt);
  return answer;
}

/* Ours, of a version that we know, and whole. */
static gboolean
check (sqlite3 *db, const char *path, GError **error)
{
  g_autofree char *tables = query (
      db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('users', 'calls', 'participants')");
  if (!g_str_equal (tables, "3"))
    return fail (error, path, strlen (tables) > 1 ? tables : "not a database of gst-call-server");
  g_autofree char *version = query (db, "PRAGMA user_version");
  if (atoi (version) > store_sql_schema ())
    return fail (error, path, "made by a newer gst-call-server");
  g_autofree char *state = query (db, "PRAGMA integrity_check (1)");
  if (g_str_equal (state, "ok"))
    return TRUE;
  const char *last_line = strrchr (state, '\n');
  g_autofree char *reason = g_strdup_printf ("is damaged: %s", last_line != NULL ? last_line + 1 : state);
  return fail (error, path, reason);
}

/* One reading of all pages: in WAL mode it holds up no writer, and none makes it begin again. */
static gboolean
copy (const char *from, const char *to, GError **error)
{
  g_autoptr (sqlite3) source = NULL;
  g_autoptr (sqlite3) target = NULL;
  if (sqlite3_open_v2 (from, &source, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
    return fail (error, from, sqlite3_errmsg (source));
  if (sqlite3_open (to, &target) != SQLITE_OK)
    return fail (error, to, sqlite3_errmsg (target));
  sqlite3_busy_timeout (source, 10000);
  sqlite3_backup *backup = sqlite3_backup_init (target, "main", source, "main");
  if (backup == NULL)
    return fail (error, to, sqlite3_errmsg (target));
  int code = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  if (code != SQLITE_DONE)
    return fail (error, code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? from : to, sqlite3_errstr (code));
  /* A single file, that can be read where nothing can be written. The server goes back to WAL by itself. */
  if (sqlite3_exec (target, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
    return fail (error, to, sqlite3_errmsg (target));
  return check (target, from, error);
}

/* Beside its place, so that a rename puts it there; readable by its owner alone from the start. */
static char *
make_copy (const char *from, const char *place, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s.XXXXXX", place);
  int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail (error, path, g_strerror (errno));
    return NULL;
  }
  close (fd);
  if (copy (from, path, error) && sync_path (path, O_RDWR, error))
    return g_steal_pointer (&path);
  g_unlink (path);
  return NULL;
}

static gboolean
put_in_place (const char *path, const char *place, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (place);
  if (g_rename (path, place) == 0)
    return sync_path (folder, O_RDONLY | O_DIRECTORY, error);
  fail (error, place, g_strerror (errno));
  g_unlink (path);
  return FALSE;
}

static gboolean
is_same_file (const char *a, const char *b)
{
  struct stat one, other;
  return stat (a, &one) == 0 && stat (b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

gboolean
backup_make (const char *database, const char *file, GError **error)
{
  if (is_same_file (database, file))
    return fail (error, file, "is the database itself");
  if (!g_file_test (database, G_FILE_TEST_EXISTS))
    return fail (error, database, "there is no such database");
  g_autofree char *path = make_copy (database, file, error);
  return path != NULL && put_in_place (path, file, error);
}

/* ---- back again ---- */

static gboolean
check_unused (const char *database, GError **error)
{
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_START, .l_len = LOCK_SIZE};
  int fd = open (database, O_RDWR | O_CLOEXEC);
  gboolean known = fd >= 0 && fcntl (fd, F_GETLK, &lock) == 0;
  int reason = errno;
  if (fd >= 0)
    close (fd);
  if (!known)
    return reason == ENOENT || fail (error, database, g_strerror (reason));
  if (lock.l_type == F_UNLCK)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: in use by process %d: stop the server first", database,
      (int) lock.l_pid);
  return FALSE;
}

/* What a server that was killed left in its log goes into the file. One that cannot be read keeps its log. */
static void
fold_log (const char *database)
{
  g_autoptr (sqlite3) db = NULL;
  if (sqlite3_open_v2 (database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
    sqlite3_exec (db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
}

/* The log first: beside another file than its own it would do harm. */
static gboolean
keep_aside (const char *database, char **aside, GError **error)
{
  static const char *const logs[] = {"-wal", "-shm"};
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%S");
  g_autofree char *name = g_strdup_printf ("%s.before-%s.%06d", database, time, g_date_time_get_microsecond (now));
  fold_log (database);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++) {
    g_autofree char *from = g_strconcat (database, logs[i], NULL);
    g_autofree char *to = g_strconcat (name, logs[i], NULL);
    if (g_rename (from, to) != 0 && errno != ENOENT)
      return fail (error, from, g_strerror (errno));
  }
  if (link (database, name) != 0)
    return errno == ENOENT || fail (error, name, g_strerror (errno));
  *aside = g_steal_pointer (&name);
  return TRUE;
}

/* The server's user goes on owning it, whoever restores. */
static void
take_owner (const char *path, const char *from)
{
  struct stat old;
  if (stat (from, &old) == 0 && (chown (path, old.st_uid, old.st_gid) != 0 || chmod (path, old.st_mode & 0777) != 0))
    g_warning ("%s: its owner and mode could not be taken over: %s", path, g_strerror (errno));
}

gboolean
backup_restore (const char *database, const char *file, char **aside, GError **error)
{
  *aside = NULL;
  if (is_same_file (database, file))
    return fail (error, file, "is the database itself");
  if (!g_file_test (file, G_FILE_TEST_EXISTS))
    return fail (error, file, "there is no such file");
  if (!check_unused (database, error))
    return FALSE;
  g_autofree char *path = make_copy (file, database, error);
  if (path == NULL)
    return FALSE;
  take_owner (path, database);
  if (check_unused (database, error) && keep_aside (database, aside, error))
    return put_in_place (path, database, error);
  g_unlink (path);
  return FALSE;
}
