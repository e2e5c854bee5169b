#include "include_rule.hpp"

#include <algorithm>

namespace crmsync::lint {
namespace {

struct Layer {
    std::string_view folder;
    std::string_view below; ///< what its files may include beside their own folder
};

// One thread from top to bottom: a folder that is missing in a row is not below that folder.
constexpr Layer layers[] = {
    {"base", ""},
    {"model", "base"},
    {"settings", "base"},
    {"net", "base"},
    {"pg", "base"},
    {"match", "base model settings"},
    {"connector", "base model settings net"},
    {"store", "base model settings pg"},
    {"sync", "base model settings net pg match connector store"},
    {"schedule", "base model settings net pg match connector store sync"},
    {"admin", "base model settings net pg match connector store sync"},
    {"daemon", "base model settings net pg match connector store sync schedule admin"},
};

const Layer* layer_of(std::string_view folder)
{
    const auto* found = std::find_if(std::begin(layers), std::end(layers),
                                     [&](const Layer& l) { return l.folder == folder; });
    return found == std::end(layers) ? nullptr : found;
}

bool lists(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word)
            return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

std::string_view first_part(std::string_view path)
{
    const std::size_t slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view folder_of(std::string_view file)
{
    const std::string_view top = first_part(file);
    return top == "lib" ? first_part(file.substr(4)) : top;
}

/// What stands between the quotes of an #include line; empty for any other line.
std::string_view included(std::string_view line)
{
    const auto skip = [&](std::string_view text) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (!line.starts_with(text))
            return false;
        line.remove_prefix(text.size());
        return true;
    };
    if (!skip("#") || !skip("include") || !skip("\""))
        return {};
    return line.substr(0, line.find('"'));
}

} // namespace

std::vector<Finding> check_includes(const std::string& file, std::string_view source)
{
    const Layer* mine = layer_of(folder_of(file));
    if (!mine)
        return {};
    std::vector<Finding> findings;
    for (int number = 1; !source.empty(); ++number) {
        const std::size_t end = std::min(source.find('\n'), source.size());
        const std::string_view folder = first_part(included(source.substr(0, end)));
        source.remove_prefix(std::min(end + 1, source.size()));
        if (!layer_of(folder) || folder == mine->folder || lists(mine->below, folder))
            continue;
        findings.push_back({file, number,
                            std::string(mine->folder) + " includes " + std::string(folder) +
                                ", which is not below it"});
    }
    return findings;
}

} // namespace crmsync::lint
