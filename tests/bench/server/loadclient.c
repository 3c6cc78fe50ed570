/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#define _GNU_SOURCE /* strcasestr */

#include "loadclient.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* One connection of a client: an epoll event names it. */
typedef struct
{
  LoadClient *client;
  int fd;
  GString *in, *out; /* NULL while empty: most of thousands of clients say nothing */
  gboolean http, upgraded;
} Link;

struct LoadClient
{
  LoadLoop *loop;
  char *token;
  gpointer data;
  Link socket, rest;
  guint asked;         /* id of the last ack asked for */
  gboolean rest_waits; /* for an answer: the next request goes out after it */
  GString *next;
};

void
load_fail (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  fputs ("callload: ", stderr);
  vfprintf (stderr, format, args); /* style: allow format-nonliteral (checked at the call by its attribute) */
  fputc ('\n', stderr);
  va_end (args);
  exit (1);
}

/* ---- connections ---- */

static void
watch (Link *link, int operation, gboolean writable)
{
  struct epoll_event event = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.ptr = link};
  if (epoll_ctl (link->client->loop->epoll, operation, link->fd, &event) != 0)
    load_fail ("epoll_ctl: %s", g_strerror (errno));
}

static void
link_open (Link *link, LoadClient *client)
{
  const int on = 1;
  link->client = client;
  link->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (link->fd < 0)
    load_fail ("socket: %s", g_strerror (errno));
  setsockopt (link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (link->fd, (struct sockaddr *) &client->loop->server, sizeof client->loop->server) != 0
      && errno != EINPROGRESS)
    load_fail ("connect: %s", g_strerror (errno));
  watch (link, EPOLL_CTL_ADD, TRUE);
}

static void
link_close (Link *link)
{
  if (link->fd >= 0)
    close (link->fd);
  if (link->in != NULL)
    g_string_free (link->in, TRUE);
  if (link->out != NULL)
    g_string_free (link->out, TRUE);
}

static void
link_flush (Link *link)
{
  while (link->out != NULL && link->out->len > 0) {
    gssize sent = send (link->fd, link->out->str, link->out->len, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
      watch (link, EPOLL_CTL_MOD, TRUE);
      return;
    }
    if (sent < 0)
      load_fail ("send: %s", g_strerror (errno));
    g_string_erase (link->out, 0, sent);
  }
}

static void
link_send (Link *link, const char *data, gsize length)
{
  if (link->out == NULL)
    link->out = g_string_new (NULL);
  g_string_append_len (link->out, data, length);
}

/* ---- websocket and Socket.IO ---- */

/* One text frame. The mask that a client owes is zero: the payload stays as it is. */
static void
send_text (LoadClient *client, const char *text, gsize length)
{
  guint8 head[8] = {0x81};
  gsize size = length < 126 ? 2 : 4;
  if (length > G_MAXUINT16)
    load_fail ("a message of %" G_GSIZE_FORMAT " bytes", length);
  head[1] = 0x80 | (length < 126 ? length : 126);
  head[2] = length >= 126 ? length >> 8 : 0;
  head[3] = length >= 126 ? length & 0xff : 0;
  link_send (&client->socket, (const char *) head, size + 4);
  link_send (&client->socket, text, length);
  link_flush (&client->socket);
}

void
load_client_ask (LoadClient *client, const char *event, const char *json)
{
  g_autofree char *text = g_strdup_printf ("42%u[\"%s\",%s]", client->asked++, event, json);
  send_text (client, text, strlen (text));
}

static void
send_connect (LoadClient *client)
{
  g_autofree char *text = g_strdup_printf ("40{\"token\":\"%s\"}", client->token);
  send_text (client, text, strlen (text));
}

static void
on_event (LoadClient *client, const char *body)
{
  const char *end = g_str_has_prefix (body, "[\"") ? strchr (body + 2, '"') : NULL;
  if (end == NULL)
    load_fail ("not an event: %s", body);
  g_autofree char *name = g_strndup (body + 2, end - body - 2);
  client->loop->handler->event (client, name, body);
}

static void
on_message (LoadClient *client, const char *text)
{
  if (g_str_has_prefix (text, "42"))
    on_event (client, text + 2);
  else if (g_str_has_prefix (text, "43"))
    client->loop->handler->answer (client, text + 2 + strspn (text + 2, "0123456789"));
  else if (g_str_has_prefix (text, "40"))
    client->loop->handler->ready (client);
  else if (text[0] == '0')
    send_connect (client);
  else if (text[0] == '2')
    send_text (client, "3", 1);
  else
    load_fail ("unexpected message: %s", text);
}

/* The size of the frame at @data, head included, or 0: it is not whole yet. */
static gsize
frame_size (const guint8 *data, gsize length, gsize *head)
{
  gsize size = length >= 2 ? data[1] : 0;
  *head = size == 126 ? 4 : 2;
  if (length < *head)
    return 0;
  if (size > 126 || data[0] != 0x81)
    load_fail ("unexpected frame %02x %02x", data[0], data[1]);
  if (size == 126)
    size = (gsize) data[2] << 8 | data[3];
  return length >= *head + size ? *head + size : 0;
}

static gsize
take_frame (LoadClient *client, char *data, gsize length)
{
  gsize head, size = frame_size ((const guint8 *) data, length, &head);
  if (size == 0)
    return 0;
  g_autofree char *text = g_strndup (data + head, size - head);
  on_message (client, text);
  return size;
}

/* The HTTP answer at @data that is whole, or 0. */
static gsize
answer_size (const char *data, gsize length, gsize *head)
{
  const char *end = g_strstr_len (data, length, "\r\n\r\n");
  if (end == NULL)
    return 0;
  *head = end + 4 - data;
  const char *field = strcasestr (data, "\r\ncontent-length:");
  gsize body = field != NULL && field < end ? strtoul (field + 17, NULL, 10) : 0;
  return length >= *head + body ? *head + body : 0;
}

static gsize
take_upgrade (Link *link, const char *data, gsize length)
{
  gsize head, size = answer_size (data, length, &head);
  if (size > 0 && !g_str_has_prefix (data, "HTTP/1.1 101 "))
    load_fail ("no websocket: %s", data);
  link->upgraded = size > 0;
  return size;
}

/* ---- REST ---- */

static void
send_next (LoadClient *client)
{
  g_autoptr (GString) next = g_steal_pointer (&client->next);
  client->rest_waits = next != NULL;
  if (next == NULL)
    return;
  link_send (&client->rest, next->str, next->len);
  link_flush (&client->rest);
}

void
load_client_post (LoadClient *client, const char *path, const char *json)
{
  if (client->rest.fd < 0)
    link_open (&client->rest, client);
  if (client->next == NULL)
    client->next = g_string_new (NULL);
  g_string_append_printf (client->next,
      "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
      "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
      path, client->token, strlen (json), json);
  if (!client->rest_waits)
    send_next (client);
}

static gsize
take_answer (LoadClient *client, char *data, gsize length)
{
  gsize head, size = answer_size (data, length, &head);
  if (size == 0)
    return 0;
  g_autofree char *body = g_strndup (data + head, size - head);
  if (!g_str_has_prefix (data, "HTTP/1.1 200 "))
    load_fail ("%.60s... %s", data, body);
  send_next (client);
  client->loop->handler->answer (client, body);
  return size;
}

/* ---- the loop ---- */

static void
take_all (Link *link)
{
  gsize taken = 1;
  while (taken > 0 && link->in->len > 0) {
    if (link->http)
      taken = take_answer (link->client, link->in->str, link->in->len);
    else if (!link->upgraded)
      taken = take_upgrade (link, link->in->str, link->in->len);
    else
      taken = take_frame (link->client, link->in->str, link->in->len);
    g_string_erase (link->in, 0, taken);
  }
  if (link->in->len == 0)
    g_string_free (g_steal_pointer (&link->in), TRUE);
}

static void
on_readable (Link *link)
{
  char data[16384];
  gssize length = recv (link->fd, data, sizeof data, 0);
  if (length < 0 && errno == EAGAIN)
    return;
  if (length <= 0)
    load_fail ("the server closed a connection: %s", length < 0 ? g_strerror (errno) : "end");
  if (link->in == NULL)
    link->in = g_string_new (NULL);
  g_string_append_len (link->in, data, length);
  take_all (link);
}

void
load_loop_init (LoadLoop *loop, const char *host_and_port, const LoadHandler *handler)
{
  g_auto (GStrv) parts = g_strsplit (host_and_port, ":", 2);
  loop->handler = handler;
  loop->epoll = epoll_create1 (EPOLL_CLOEXEC);
  loop->server.sin_family = AF_INET;
  if (parts[0] == NULL || parts[1] == NULL || inet_pton (AF_INET, parts[0], &loop->server.sin_addr) != 1)
    load_fail ("%s is not ADDRESS:PORT", host_and_port);
  loop->server.sin_port = htons ((guint16) atoi (parts[1]));
}

void
load_loop_turn (LoadLoop *loop, int timeout_ms)
{
  struct epoll_event events[256];
  int count = epoll_wait (loop->epoll, events, G_N_ELEMENTS (events), timeout_ms);
  for (int i = 0; i < count; i++) {
    Link *link = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) {
      watch (link, EPOLL_CTL_MOD, FALSE);
      link_flush (link);
    }
    if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
      on_readable (link);
  }
}

LoadClient *
load_client_new (LoadLoop *loop, const char *token, gpointer data)
{
  static const char hello[] = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                              "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  LoadClient *client = g_new0 (LoadClient, 1);
  client->loop = loop;
  client->token = g_strdup (token);
  client->data = data;
  client->rest = (Link){.fd = -1, .http = TRUE};
  link_open (&client->socket, client);
  link_send (&client->socket, hello, sizeof hello - 1);
  return client;
}

void
load_client_free (LoadClient *client)
{
  link_close (&client->socket);
  link_close (&client->rest);
  if (client->next != NULL)
    g_string_free (client->next, TRUE);
  g_free (client->token);
  g_free (client);
}

gpointer
load_client_get_data (LoadClient *client)
{
  return client->data;
}
