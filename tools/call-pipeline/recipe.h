/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "reaction.h"

G_BEGIN_DECLS

/* A recipe: pipelines/NAME.launch, text to struct and struct to launch line. Pure: text in, text out; files, the
 * environment and GStreamer are the callers' business. */

typedef enum
{
  RECIPE_ERROR_SYNTAX,  /* the recipe itself is wrong */
  RECIPE_ERROR_UNKNOWN, /* a value for a variable that the recipe does not have */
  RECIPE_ERROR_MISSING, /* no value for a variable without a default */
  RECIPE_ERROR_VALUE,   /* a value that no launch line can carry */
} RecipeError;

#define RECIPE_ERROR (recipe_error_quark ())
GQuark recipe_error_quark (void);

typedef enum
{
  RECIPE_END_EOS,
  RECIPE_END_TIMEOUT,
  RECIPE_END_ERROR
} RecipeEnd;

#define RECIPE_MAX_INSTANCES 1000

typedef struct
{
  char *name;
  char *value; /* the default; NULL: must be given */
  char *description;
} RecipeVariable;

/* A piece of pipeline that a reaction starts. */
typedef struct
{
  char *name;
  char *line; /* a template */
} RecipeBranch;

void recipe_branch_free (gpointer branch);

typedef struct
{
  char *name;
  char *what;
  GPtrArray *needs;     /* (element-type utf8): element factories */
  GPtrArray *variables; /* (element-type RecipeVariable), in the order of the file */
  RecipeEnd expect;
  char *expect_file;         /* a template; the file that has something in it afterwards, or NULL */
  gboolean expect_connected; /* every call of the run has to be connected */
  char *timeout;             /* a template: 30s, 2m, none; NULL: none */
  gboolean stdout_media;     /* standard output belongs to the launch line */
  char *instances;           /* a template: how often the line is there; NULL: once, without ${instance} */
  GPtrArray *branches;       /* (element-type RecipeBranch) */
  GPtrArray *reactions;      /* (element-type Reaction), values are templates */
  char *line;                /* the launch line, a template: one line, without comments */
} Recipe;

Recipe *recipe_parse (const char *name, const char *text, gsize length, GError **error);
void recipe_free (Recipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recipe, recipe_free)

const RecipeVariable *recipe_find_variable (const Recipe *recipe, const char *name);
/* GSTCALL_<NAME>: where the environment has a variable's value. */
char *recipe_variable_environment (const char *name);
const RecipeBranch *recipe_find_branch (const GPtrArray *branches, const char *name);
const char *recipe_end_to_string (RecipeEnd end);
/* "30s", "2m", "none" -> seconds, 0 for none. */
gboolean recipe_parse_timeout (const char *text, guint *seconds);

/* @values: (element-type utf8 utf8), name to value; variables that are not in it take their default.
 * Values are escaped for gst_parse_launch(): whatever is in one, it stays one property's or field's value. */
gboolean recipe_check_values (const Recipe *recipe, GHashTable *values, GError **error);
char *recipe_expand (const Recipe *recipe, GHashTable *values, GError **error);
/* The expected file's name, not escaped; NULL without @error when none is expected. */
char *recipe_expand_file (const Recipe *recipe, GHashTable *values, GError **error);
/* How often the line is there; 0: once, without ${instance}. */
gboolean recipe_expand_instances (const Recipe *recipe, GHashTable *values, guint *count, GError **error);
/* Seconds, 0 for none. */
gboolean recipe_expand_timeout (const Recipe *recipe, GHashTable *values, guint *seconds, GError **error);
/* The branches with lines for gst_parse_launch(), and the reactions with their values. NULL: see @error. */
GPtrArray *recipe_expand_branches (const Recipe *recipe, GHashTable *values, GError **error);
GPtrArray *recipe_expand_reactions (const Recipe *recipe, GHashTable *values, GError **error);
/* The end of the word at @at in a launch line: the next space outside of quotes and not escaped. */
const char *recipe_word_end (const char *at);
/* A launch line as words of a POSIX shell, to be put behind gst-launch-1.0. */
char *recipe_line_to_shell (const char *line);

G_END_DECLS
