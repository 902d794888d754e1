#include "slurm/attempts.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

namespace specsweep::slurm {

std::vector<Attempt> parse_attempts(std::string_view text)
{
    std::vector<Attempt> attempts;
    for (const std::string& line : split(text, '\n')) {
        const std::vector<std::string> words = split(line, ' ');
        if (words.size() != 7)
            continue;
        const auto time = parse_integer(words[1]);
        const auto restart = parse_integer(words[3]);
        if (!time || !restart || *restart < 0 || *restart > 1'000'000)
            continue;
        if (words[0] == "begin") {
            Attempt attempt;
            attempt.begin = *time;
            attempt.job = words[2];
            attempt.restart = static_cast<int>(*restart);
            attempt.node = words[4];
            attempt.token = words[5];
            attempts.push_back(std::move(attempt));
            continue;
        }
        const auto code = parse_integer(words[6]);
        if (words[0] != "end" || !code || attempts.empty())
            continue;
        for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt)
            if (attempt->job == words[2] && attempt->restart == *restart && !attempt->ended) {
                attempt->ended = true;
                attempt->end = *time;
                attempt->code = static_cast<int>(*code & 0xff);
                break;
            }
    }
    return attempts;
}

std::vector<Attempt> read_attempts(const std::filesystem::path& file)
{
    std::error_code ignored;
    return std::filesystem::exists(file, ignored) ? parse_attempts(read_text_file(file)) : std::vector<Attempt>();
}

}  // namespace specsweep::slurm
