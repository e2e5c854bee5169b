#include "settings/nearest.hpp"

#include <algorithm>

namespace crmsync::settings {

namespace {

std::string plain(std::string_view word)
{
    std::string text(word);
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        if (c == '-')
            c = '_';
    }
    return text;
}

/// Edit distance with swaps of neighbours, over the three rows that it needs.
std::size_t distance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

} // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words)
{
    constexpr std::size_t longest = 64;
    if (word.size() > longest)
        return std::nullopt;
    const std::string wanted = plain(word);
    std::optional<std::string> best;
    // A third of the letters may be wrong; beyond that the hint would be a guess.
    std::size_t best_distance = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
    for (const std::string& candidate : words) {
        const std::size_t d = distance(wanted, plain(candidate));
        if (d < best_distance) {
            best_distance = d;
            best = candidate;
        }
    }
    if (best || wanted.size() < 4)
        return best;
    for (const std::string& candidate : words)
        if (plain(candidate).find(wanted) != std::string::npos)
            return candidate;
    return std::nullopt;
}

} // namespace crmsync::settings
