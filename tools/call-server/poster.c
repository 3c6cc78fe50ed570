/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/*  loop                       poster                        libcurl
 *    |                          | curl_multi_add_handle -----> |
 *    | <-- uv_poll, Timer ----- | <-- on_socket, on_timeout -- |   which sockets and what time it waits for
 *    | fd ready, timer expired  |                              |
 *    |------------------------> | curl_multi_socket_action --> |
 *    |                          | <-- messages: a post is over |
 */

#include "tools/call-server/poster.h"

#include "tools/call-server/timer.h"

#include <curl/curl.h>
#include <string.h>

#define MAX_ANSWER (64 * 1024) /* bytes of a body that are read, so that the connection can be used again */
#define MAX_IDLE 16            /* connections kept open */

struct Poster
{
  uv_loop_t *loop;
  CURLM *multi;
  Timer *timer;
  char *ca_file;
  GHashTable *posts; /* Post, as a set */
};

typedef struct
{
  CURL *easy;
  struct curl_slist *headers;
  char *body;
  gsize answered; /* bytes of the answer's body */
  char error[CURL_ERROR_SIZE];
  PosterDone done;
  gpointer data;
} Post;

typedef struct
{
  uv_poll_t handle; /* first: uv hands it back */
  Poster *poster;
  curl_socket_t fd;
} Watch;

static void
post_free (Post *post)
{
  curl_easy_cleanup (post->easy);
  curl_slist_free_all (post->headers);
  g_free (post->body);
  g_free (post);
}

/* ---- what is over ---- */

static void
finish (Poster *poster, Post *post, CURLcode code)
{
  long status = 0;
  curl_off_t sent_us = 0, retry_after = 0;
  curl_easy_getinfo (post->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (post->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
  curl_easy_getinfo (post->easy, CURLINFO_RETRY_AFTER, &retry_after);
  /* An answer that was cut at the limit is one; one that broke off before it was whole is not. */
  gboolean answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && post->answered > MAX_ANSWER);
  const char *why = post->error[0] != '\0' ? post->error : curl_easy_strerror (code);
  const PosterResult result = {.reached = sent_us > 0,
      .status = answered ? (guint) status : 0,
      .retry_after = (guint) CLAMP (retry_after, 0, G_MAXINT),
      .error = answered ? NULL : why};
  curl_multi_remove_handle (poster->multi, post->easy);
  g_hash_table_remove (poster->posts, post);
  post->done (&result, post->data);
  post_free (post);
}

static void
take_messages (Poster *poster)
{
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read (poster->multi, &left)) != NULL) {
    Post *post = NULL;
    if (message->msg != CURLMSG_DONE)
      continue;
    curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, (char **) &post);
    finish (poster, post, message->data.result);
  }
}

/* ---- libcurl's waiting, on the loop ---- */

static void
act (Poster *poster, curl_socket_t fd, int events)
{
  int running;
  curl_multi_socket_action (poster->multi, fd, events, &running);
  take_messages (poster);
}

static void
on_expired (gpointer data)
{
  Poster *poster = data;
  timer_stop (&poster->timer);
  act (poster, CURL_SOCKET_TIMEOUT, 0);
}

static int
on_timeout (CURLM *multi, long ms, void *data)
{
  Poster *poster = data;
  timer_stop (&poster->timer);
  if (ms >= 0)
    poster->timer = timer_start (poster->loop, ms, on_expired, poster);
  return 0;
}

static void
on_ready (uv_poll_t *handle, int status, int events)
{
  Watch *watch = (Watch *) handle;
  int ready = (events & UV_READABLE ? CURL_CSELECT_IN : 0) | (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
  act (watch->poster, watch->fd, status < 0 ? CURL_CSELECT_ERR : ready);
}

static void
on_watch_closed (uv_handle_t *handle)
{
  g_free (handle);
}

static Watch *
watch_new (Poster *poster, curl_socket_t fd)
{
  Watch *watch = g_new0 (Watch, 1);
  watch->poster = poster;
  watch->fd = fd;
  uv_poll_init_socket (poster->loop, &watch->handle, fd);
  curl_multi_assign (poster->multi, fd, watch);
  return watch;
}

static int
on_socket (CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
  Poster *poster = data;
  Watch *watch = socket_data;
  if (what == CURL_POLL_REMOVE) {
    if (watch != NULL) {
      uv_poll_stop (&watch->handle);
      uv_close ((uv_handle_t *) &watch->handle, on_watch_closed);
      curl_multi_assign (poster->multi, fd, NULL);
    }
    return 0;
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  if (watch == NULL)
    watch = watch_new (poster, fd);
  uv_poll_start (&watch->handle, events, on_ready);
  return 0;
}

/* ---- posts ---- */

static size_t
on_answer (char *bytes, size_t size, size_t count, void *data)
{
  Post *post = data;
  post->answered += size * count;
  return post->answered <= MAX_ANSWER ? size * count : 0;
}

static void
set_up (Poster *poster, Post *post, const char *url, double timeout)
{
  CURL *easy = post->easy;
  curl_easy_setopt (easy, CURLOPT_PRIVATE, post);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, post->error);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (poster->ca_file != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, poster->ca_file);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, (long) (timeout * 1000));
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_answer);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, post);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE, (long) strlen (post->body));
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, post->body);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, post->headers);
}

void
poster_post (Poster *poster, const char *url, const char *const *headers, const char *body, double timeout,
    PosterDone done, gpointer data)
{
  Post *post = g_new0 (Post, 1);
  post->easy = curl_easy_init ();
  if (post->easy == NULL)
    g_error ("libcurl has no memory");
  post->body = g_strdup (body);
  post->done = done;
  post->data = data;
  for (guint i = 0; headers[i] != NULL; i++)
    post->headers = curl_slist_append (post->headers, headers[i]);
  post->headers = curl_slist_append (post->headers, "expect:"); /* a body is small: no asking before it is sent */
  set_up (poster, post, url, timeout);
  g_hash_table_add (poster->posts, post);
  curl_multi_add_handle (poster->multi, post->easy); /* asks for a timeout of 0: the rest comes from the loop */
}

Poster *
poster_new (uv_loop_t *loop, const char *ca_file)
{
  Poster *poster = g_new0 (Poster, 1);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  poster->loop = loop;
  poster->ca_file = g_strdup (ca_file);
  poster->posts = g_hash_table_new (NULL, NULL);
  poster->multi = curl_multi_init ();
  curl_multi_setopt (poster->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt (poster->multi, CURLMOPT_SOCKETDATA, poster);
  curl_multi_setopt (poster->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
  curl_multi_setopt (poster->multi, CURLMOPT_TIMERDATA, poster);
  curl_multi_setopt (poster->multi, CURLMOPT_MAXCONNECTS, (long) MAX_IDLE);
  return poster;
}

void
poster_free (Poster *poster)
{
  GHashTableIter iter;
  Post *post;
  g_hash_table_iter_init (&iter, poster->posts);
  while (g_hash_table_iter_next (&iter, (gpointer *) &post, NULL)) {
    curl_multi_remove_handle (poster->multi, post->easy);
    post_free (post);
  }
  curl_multi_cleanup (poster->multi);
  curl_global_cleanup ();
  timer_stop (&poster->timer);
  g_hash_table_unref (poster->posts);
  g_free (poster->ca_file);
  g_free (poster);
}
