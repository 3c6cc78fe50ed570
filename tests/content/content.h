/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tests/elements/callpipeline.h"

G_BEGIN_DECLS

/* What the programs of this folder have in common: bob waits for a call, alice calls him, over the in-process
 * signaller. */

#define CONTENT_BOB "server=direct://content ice-address=127.0.0.1 token=bob auto-answer=true "
#define CONTENT_ALICE "server=direct://content ice-address=127.0.0.1 token=alice peer=bob "

typedef struct
{
  CallPipeline *bob;
  CallPipeline *alice;
} ContentCall;

/* The pipelines, for marks and taps, before they start. */
ContentCall content_call_new (const char *bob, const char *alice);
/* Returns when both are connected. */
void content_call_start (ContentCall *call);
void content_call_clear (ContentCall *call);

/* What the machine does: for tests that want their share of it. */
typedef struct
{
  double own; /* seconds of processor time */
  double idle;
  double total;
} ContentLoad;

ContentLoad content_load_now (void);
/* The part of the machine that other programs took since @before, 0..1. */
double content_load_of_others (const ContentLoad *before);

/* g_test_run() and the end of GStreamer, as the leaks tracer wants it. */
void content_init (int *argc, char ***argv);
int content_run (void);

G_END_DECLS
