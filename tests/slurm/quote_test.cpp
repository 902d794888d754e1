#include "slurm/quote.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace specsweep::slurm {
namespace {

TEST(ShellQuote, LeavesPlainWordsAsTheyAre)
{
    EXPECT_EQ(shell_quote("project_4620001"), "project_4620001");
    EXPECT_EQ(shell_quote("/scratch/u/a.h5"), "/scratch/u/a.h5");
}

TEST(ShellQuote, QuotesWhateverAShellWouldRead)
{
    EXPECT_EQ(shell_quote(""), "''");
    EXPECT_EQ(shell_quote("a b"), "'a b'");
    EXPECT_EQ(shell_quote("$(reboot)"), "'$(reboot)'");
    EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_quote("#x"), "'#x'");
    EXPECT_EQ(shell_quote("größe"), "'größe'");
}

TEST(Refusal, OfWhatWouldEndALine)
{
    for (const char* text : {"a\nb", "a\rb", "a\tb", "a\x1b[31m", "a\x7f"})
        EXPECT_THROW(refuse_control_characters(text, "x"), UsageError) << text;
    EXPECT_THROW(refuse_control_characters("\xff", "x"), UsageError);
    EXPECT_NO_THROW(refuse_control_characters("größe $ ` \\ ' \"", "x"));
}

TEST(PatternQuote, DoublesPercentSigns)
{
    EXPECT_EQ(pattern_quote("/s/50%/", "%A_%a.out"), "/s/50%%/%A_%a.out");
    EXPECT_EQ(pattern_quote("/s/a b/", "%j.out"), "'/s/a b/%j.out'");
    EXPECT_THROW(pattern_quote("/s/a\\b/", "%j.out"), UsageError);
}

TEST(QuoteWithVariables, KeepsVariablesAndNothingElse)
{
    EXPECT_EQ(quote_with_variables("$TMPDIR/x", "scratch"), "\"$TMPDIR/x\"");
    EXPECT_EQ(quote_with_variables("${SLURM_TMPDIR}/a b", "scratch"), "\"${SLURM_TMPDIR}/a b\"");
    EXPECT_EQ(quote_with_variables("/a`b\"c\\", "scratch"), "\"/a\\`b\\\"c\\\\\"");
    for (const char* text : {"$(reboot)", "$", "${", "${A", "${A:-$(b)}", "$/x"})
        EXPECT_THROW(quote_with_variables(text, "scratch"), UsageError) << text;
}

}  // namespace
}  // namespace specsweep::slurm
