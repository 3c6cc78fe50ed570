/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a recipe does when a message comes: `MESSAGE [FIELD=VALUE ...]: ACTION, ACTION`. Pure, see recipe.h. */

typedef enum
{
  REACTION_EQUAL,   /* = */
  REACTION_UNEQUAL, /* != */
  REACTION_LESS,    /* < */
  REACTION_MORE     /* > */
} ReactionTest;

typedef struct
{
  char *field;
  ReactionTest test;
  char *value;
} ReactionCondition;

typedef enum
{
  REACTION_START,   /* start BRANCH */
  REACTION_LOOP,    /* loop BRANCH */
  REACTION_STOP,    /* stop BRANCH, or all: `*` */
  REACTION_SET,     /* set ELEMENT.PROPERTY=VALUE */
  REACTION_TIMER,   /* timer NAME TIME */
  REACTION_PRESS,   /* press KEYS */
  REACTION_HANG_UP, /* hang-up [ELEMENT] */
  REACTION_END      /* end */
} ReactionVerb;

typedef struct
{
  ReactionVerb verb;
  char *object;   /* the branch, element or timer; NULL where there is none */
  char *property; /* of set */
  char *value;    /* of set, timer and press */
} ReactionAction;

typedef struct
{
  char *message;
  GPtrArray *conditions; /* (element-type ReactionCondition) */
  GPtrArray *actions;    /* (element-type ReactionAction) */
} Reaction;

/* A field of the message as text, NULL when it has none. (transfer full) */
typedef char *(*ReactionFieldFunc) (const char *field, gpointer user_data);
typedef char *(*ReactionValueFunc) (const char *value, gpointer user_data);

Reaction *reaction_parse (const char *text, GError **error);
void reaction_free (Reaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reaction, reaction_free)

/* A copy with what @map makes of each value. */
Reaction *reaction_copy (const Reaction *self, ReactionValueFunc map, gpointer user_data);
/* Whether a message of that name meets all conditions. */
gboolean reaction_matches (const Reaction *self, const char *message, ReactionFieldFunc get, gpointer user_data);
/* `500ms`, `30s`, `2m`; `none` is 0. */
gboolean reaction_parse_time (const char *text, guint *milliseconds);
/* As it is written. (transfer full) */
char *reaction_to_string (const Reaction *self);

G_END_DECLS
