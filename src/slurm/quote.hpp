#pragma once

#include <string>
#include <string_view>

namespace specsweep::slurm {

/// @throws UsageError when `value` holds a newline, a control character or is not UTF-8; `what` says whose value it is.
/// Such a value could end a line of a script.
void refuse_control_characters(std::string_view value, std::string_view what);

/// The value as one word of a POSIX shell and of an #SBATCH line: as it is where all its characters are plain, else in
/// single quotes, `'` as `'\''`.
std::string shell_quote(std::string_view value);

/// The same for Slurm's file patterns (--output), where `%` begins a placeholder: doubled.
/// @throws UsageError for a backslash, which would switch placeholders off.
std::string pattern_quote(std::string_view path, std::string_view placeholders);

/// A folder in double quotes in which `$NAME` and `${NAME}` stay variables of the job; everything else is taken
/// literally. @throws UsageError for `$` before anything else.
std::string quote_with_variables(std::string_view value, std::string_view what);

}  // namespace specsweep::slurm
