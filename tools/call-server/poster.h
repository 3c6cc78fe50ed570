/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

/* HTTP POSTs to servers of others: libcurl on the loop, without a thread but libcurl's own for a name's look-up.
 * Certificates are verified, redirects are not followed, of an answer's body nothing is kept and not much is read. */

typedef struct Poster Poster;

typedef struct
{
  gboolean reached;  /* the request was sent: a failure is one of this request, not of the way there */
  guint status;      /* of HTTP; 0: no answer */
  guint retry_after; /* seconds, as the answer asks; 0: it does not */
  const char *error; /* why there is no answer */
} PosterResult;

typedef void (*PosterDone) (const PosterResult *result, gpointer data);

/* @ca_file: NULL, or certificates to trust in place of the system's. */
Poster *poster_new (uv_loop_t *loop, const char *ca_file);
/* @headers: "name: value", NULL-terminated. @done comes from the loop, not from in here. */
void poster_post (Poster *poster, const char *url, const char *const *headers, const char *body, double timeout,
    PosterDone done, gpointer data);
void poster_free (Poster *poster); /* what is under way ends without done() */

G_END_DECLS
