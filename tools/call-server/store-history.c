/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* A page of the history, in a time that does not grow with the history.
 *
 *            to                                                                         from
 *    newest   |--rows--|--- leaves ---|------- spans -------|--- leaves ---|--rows--|    oldest
 *               piece     18.6 hours     99 days each          each           piece
 *
 * The time asked for is cut into pieces of which the table of counts knows how many calls they hold; only what sticks
 * out of the outermost leaves is counted row by row. The sum is the total. To find a page whole pieces are skipped by
 * their counts; the one in which it begins is cut into smaller ones, at last into rows. Live calls are in no count:
 * there is hardly ever more than one, and it is put in its place by counting what is newer. */

#include "tools/call-server/store-private.h"

#include <string.h>

#define LEAF_MS (G_GINT64_CONSTANT (1) << HISTORY_LEAF_SHIFT)
#define SPAN_LEAVES (G_GINT64_CONSTANT (1) << (HISTORY_SPAN_SHIFT - HISTORY_LEAF_SHIFT))
#define MAX_MS (G_GINT64_CONSTANT (1) << 52)

enum
{
  LEVEL_LEAF,
  LEVEL_SPAN,
  LEVEL_ROWS
};

typedef struct
{
  int level;
  gint64 from, to; /* of LEVEL_ROWS in ms, else in buckets of the level */
  gint64 n;
} Piece;

typedef struct
{
  StoreSql *sql;
  const char *user_id;
  guint kinds;       /* a bit for each kind that fits */
  GHashTable *peers; /* ids that fit; NULL: all */
  gint64 from, to;
  gboolean failed;
} Search;

typedef struct
{
  gint64 skip;
  guint left;
  GArray *found; /* (element-type gint64) the calls' seq */
} Page;

/* ---- what fits ---- */

static gboolean
fits_kind (const StoreFilter *filter, gboolean video, gboolean outgoing, CallState state)
{
  if (filter->type != NULL && g_str_equal (filter->type, "video") != video)
    return FALSE;
  return (filter->outgoing < 0 || (filter->outgoing != 0) == outgoing)
         && (filter->state < 0 || filter->state == (int) state);
}

static guint
kinds_of (const StoreFilter *filter)
{
  guint kinds = 0;
  for (int outgoing = 0; outgoing <= 1; outgoing++) {
    for (int video = 0; video <= 1; video++) {
      for (int state = CALL_STATE_ENDED; state <= CALL_STATE_FAILED; state++)
        kinds |= fits_kind (filter, video, outgoing, state) ? 1u << HISTORY_KIND (video, outgoing, state) : 0;
    }
  }
  return kinds;
}

static GHashTable *
peers_named (Search *search, const char *text)
{
  g_autofree char *folded = search_fold (text);
  GHashTable *peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *stmt = sql_use (search->sql, SQL_PEERS_NAMED);
  sql_bind_text (stmt, 1, search->user_id);
  sql_bind_text (stmt, 2, folded);
  while (sql_next_row (search->sql, stmt, &search->failed))
    g_hash_table_add (peers, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));
  return peers;
}

static gboolean
fits_live (const Search *search, const StoreFilter *filter, const CallRecord *call)
{
  gboolean outgoing = g_str_equal (call->caller.id, search->user_id);
  const char *peer = outgoing ? call->receiver.id : call->caller.id;
  return fits_kind (filter, g_str_equal (call->type, "video"), outgoing, call->state) && call->start_ms >= search->from
         && call->start_ms < search->to && (search->peers == NULL || g_hash_table_contains (search->peers, peer));
}

/* ---- rows ---- */

/* Those of a time, newest first: skips, then takes, what the page still wants. NULL: counts them. */
static gint64
walk_rows (Search *search, gint64 from, gint64 to, Page *page)
{
  gint64 n = 0;
  sqlite3_stmt *stmt = sql_use (search->sql, SQL_HISTORY);
  sql_bind_text (stmt, 1, search->user_id);
  sql_bind_int (stmt, 2, from);
  sql_bind_int (stmt, 3, to);
  while ((page == NULL || page->left > 0) && sql_next_row (search->sql, stmt, &search->failed)) {
    const char *peer = (const char *) sqlite3_column_text (stmt, 3);
    gint64 seq = sqlite3_column_int64 (stmt, 1);
    if ((search->kinds >> sqlite3_column_int (stmt, 2) & 1) == 0
        || (search->peers != NULL && (peer == NULL || !g_hash_table_contains (search->peers, peer))))
      continue;
    n++;
    if (page == NULL)
      continue;
    if (page->skip > 0) {
      page->skip--;
      continue;
    }
    g_array_append_val (page->found, seq);
    page->left--;
  }
  sqlite3_reset (stmt);
  return n;
}

/* ---- counts ---- */

static void
read_counts (Search *search, const char *peer, int level, gint64 from, gint64 to, GArray *pieces)
{
  sqlite3_stmt *stmt = sql_use (search->sql, SQL_COUNTS);
  sql_bind_text (stmt, 1, search->user_id);
  sql_bind_text (stmt, 2, peer);
  sql_bind_int (stmt, 3, level);
  sql_bind_int (stmt, 4, from);
  sql_bind_int (stmt, 5, to);
  while (sql_next_row (search->sql, stmt, &search->failed)) {
    gint64 bucket = sqlite3_column_int64 (stmt, 0);
    Piece piece = {level, bucket, bucket + 1, 0};
    for (int kind = 0; kind < HISTORY_KINDS; kind++)
      piece.n += (search->kinds >> kind & 1) != 0 ? sqlite3_column_int64 (stmt, 1 + kind) : 0;
    if (piece.n > 0)
      g_array_append_val (pieces, piece);
  }
}

static int
newest_first (gconstpointer one, gconstpointer other)
{
  const Piece *a = one, *b = other;
  return a->from > b->from ? -1 : a->from < b->from;
}

/* Of several others each has its counts: a bucket that many of them have is several pieces side by side, and comes to
 * one here. */
static void
append_merged (GArray *pieces, GArray *more)
{
  g_array_sort (more, newest_first);
  for (guint i = 0; i < more->len; i++) {
    const Piece *piece = &g_array_index (more, Piece, i);
    Piece *last = pieces->len > 0 ? &g_array_index (pieces, Piece, pieces->len - 1) : NULL;
    if (last != NULL && last->level == piece->level && last->from == piece->from)
      last->n += piece->n;
    else
      g_array_append_val (pieces, *piece);
  }
}

static void
add_buckets (Search *search, int level, gint64 from, gint64 to, GArray *pieces)
{
  GHashTableIter iter;
  gpointer peer;
  if (from >= to)
    return;
  if (search->peers == NULL) {
    read_counts (search, "", level, from, to, pieces);
    return;
  }
  g_autoptr (GArray) more = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_hash_table_iter_init (&iter, search->peers);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    read_counts (search, peer, level, from, to, more);
  append_merged (pieces, more);
}

static void
add_rows (Search *search, gint64 from, gint64 to, GArray *pieces)
{
  Piece piece = {LEVEL_ROWS, from, to, from < to ? walk_rows (search, from, to, NULL) : 0};
  if (piece.n > 0)
    g_array_append_val (pieces, piece);
}

static void
add_leaves (Search *search, gint64 from, gint64 to, GArray *pieces)
{
  gint64 first = (from + SPAN_LEAVES - 1) / SPAN_LEAVES, end = to / SPAN_LEAVES;
  if (first >= end) {
    add_buckets (search, LEVEL_LEAF, from, to, pieces);
    return;
  }
  add_buckets (search, LEVEL_LEAF, end * SPAN_LEAVES, to, pieces);
  add_buckets (search, LEVEL_SPAN, first, end, pieces);
  add_buckets (search, LEVEL_LEAF, from, first * SPAN_LEAVES, pieces);
}

/* All that is in a time, newest first. */
static GArray *
cut (Search *search, gint64 from, gint64 to)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  gint64 first = (from + LEAF_MS - 1) / LEAF_MS, end = to / LEAF_MS;
  if (first >= end) {
    add_rows (search, from, to, pieces);
    return pieces;
  }
  add_rows (search, end * LEAF_MS, to, pieces);
  add_leaves (search, first, end, pieces);
  add_rows (search, from, first * LEAF_MS, pieces);
  return pieces;
}

static gint64
sum (const GArray *pieces)
{
  gint64 n = 0;
  for (guint i = 0; i < pieces->len; i++)
    n += g_array_index (pieces, Piece, i).n;
  return n;
}

/* ---- a page ---- */

/* TRUE: the page begins behind it. */
static gboolean
skip_piece (const Piece *piece, Page *page)
{
  if (page->skip < piece->n)
    return FALSE;
  page->skip -= piece->n;
  return TRUE;
}

static void
take_leaves (Search *search, gint64 span, Page *page)
{
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (Piece));
  add_buckets (search, LEVEL_LEAF, span * SPAN_LEAVES, (span + 1) * SPAN_LEAVES, leaves);
  for (guint i = 0; i < leaves->len && page->left > 0; i++) {
    const Piece *leaf = &g_array_index (leaves, Piece, i);
    if (!skip_piece (leaf, page))
      walk_rows (search, leaf->from * LEAF_MS, leaf->to * LEAF_MS, page);
  }
}

static void
take_pieces (Search *search, const GArray *pieces, Page *page)
{
  for (guint i = 0; i < pieces->len && page->left > 0; i++) {
    const Piece *piece = &g_array_index (pieces, Piece, i);
    if (skip_piece (piece, page))
      continue;
    if (piece->level == LEVEL_SPAN)
      take_leaves (search, piece->from, page);
    else if (piece->level == LEVEL_LEAF)
      walk_rows (search, piece->from * LEAF_MS, piece->to * LEAF_MS, page);
    else
      walk_rows (search, piece->from, piece->to, page);
  }
}

/* ---- live calls ---- */

static int
newest_call_first (gconstpointer one, gconstpointer other)
{
  const CallRecord *a = *(CallRecord *const *) one, *b = *(CallRecord *const *) other;
  return a->start_ms > b->start_ms ? -1 : a->start_ms < b->start_ms;
}

static GPtrArray *
live_calls (Search *search, const StoreFilter *filter)
{
  GPtrArray *live = sql_live_calls_of (search->sql, search->user_id, &search->failed);
  for (guint i = live->len; i-- > 0;) {
    if (!fits_live (search, filter, g_ptr_array_index (live, i)))
      g_ptr_array_remove_index (live, i);
  }
  g_ptr_array_sort (live, newest_call_first);
  return live;
}

/* Where each live call stands among all: behind what is newer. */
static GArray *
places_of (Search *search, GPtrArray *live)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < live->len; i++) {
    const CallRecord *call = g_ptr_array_index (live, i);
    g_autoptr (GArray) newer = cut (search, call->start_ms, search->to);
    gint64 place = sum (newer) + i;
    g_array_append_val (places, place);
  }
  return places;
}

static void
add_found (Search *search, gint64 seq, GPtrArray *calls)
{
  sqlite3_stmt *stmt = sql_use (search->sql, SQL_CALL_BY_SEQ);
  sql_bind_int (stmt, 1, seq);
  g_autoptr (GPtrArray) read = sql_read_calls (search->sql, stmt, &search->failed);
  if (read->len > 0)
    g_ptr_array_add (calls, g_ptr_array_steal_index (read, 0));
}

/* The calls from @offset on, @limit at most: those that are over, with the live ones in their places. */
static GPtrArray *
fill_page (Search *search, const GArray *pieces, GPtrArray *live, gint64 offset, guint limit)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_record_free);
  g_autoptr (GArray) places = places_of (search, live);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint next_live = 0, next_found = 0;
  while (next_live < places->len && g_array_index (places, gint64, next_live) < offset)
    next_live++;
  Page page = {.skip = offset - next_live, .left = limit, .found = found};
  take_pieces (search, pieces, &page);
  for (gint64 at = offset; at < offset + limit; at++) {
    gboolean is_live = next_live < places->len && g_array_index (places, gint64, next_live) == at;
    if (is_live) {
      CallRecord **call = (CallRecord **) &g_ptr_array_index (live, next_live++);
      g_ptr_array_add (calls, g_steal_pointer (call));
    } else if (next_found < found->len)
      add_found (search, g_array_index (found, gint64, next_found++), calls);
    else
      break;
  }
  return calls;
}

gboolean
sql_run_history (StoreSql *sql, StoreJob *job)
{
  const StoreFilter *filter = &job->filter;
  Search search = {.sql = sql,
      .user_id = job->user_id,
      .kinds = kinds_of (filter),
      .from = CLAMP (filter->from_ms, 0, MAX_MS),
      .to = filter->to_ms != 0 ? CLAMP (filter->to_ms, 0, MAX_MS) : MAX_MS};
  g_autoptr (GHashTable) peers =
      filter->search != NULL && *filter->search != '\0' ? peers_named (&search, filter->search) : NULL;
  search.peers = peers;
  g_autoptr (GPtrArray) live = live_calls (&search, filter);
  g_autoptr (GArray) pieces = cut (&search, search.from, search.to);
  job->total = sum (pieces) + live->len;
  job->calls = fill_page (&search, pieces, live, (gint64) (filter->page - 1) * filter->limit, filter->limit);
  return !search.failed;
}
