#include "names_rule.hpp"

#include <algorithm>
#include <array>
#include <regex>

namespace crmsync::lint {
namespace {

/// What only failures and reasons are named after. Other first words are keys of the configuration
/// too ("provider.name", "http.listen"): those count behind a reaction only.
const std::string families = "activity|check|daemon|deadline|graph|import|item|lease|"
                             "message|migration|net|pg|record|token|turn|write";

template <class Take>
void for_each_line(std::string_view text, Take take)
{
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        take(number, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void find_all(std::string_view line, const std::regex& pattern, const Place& place, Names& names)
{
    using Matches = std::regex_iterator<std::string_view::const_iterator>;
    for (Matches match(line.begin(), line.end(), pattern); match != Matches(); ++match)
        names.emplace((*match)[1].str(), place);
}

} // namespace

Names names_in_source(const std::string& file, std::string_view source)
{
    static const std::array patterns = {
        std::regex("\"((?:" + families + ")\\.[a-z_]+)\""),
        std::regex(
            R"re((?:retry|wait|reauthorise|give_back|set_aside|stop),\s*"([a-z_]+\.[a-z_]+)")re"),
        std::regex(R"re(\bevent\.name = "([a-z_]+)")re"),
        std::regex(R"re(\bnote_event\(.*"[a-z]+", "([a-z_]+)")re")};
    Names names;
    for_each_line(source, [&](int number, std::string_view line) {
        const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
        if (line.substr(first).starts_with("//"))
            return;
        for (const std::regex& pattern : patterns)
            find_all(line, pattern, Place{file, number}, names);
    });
    // A name may stand in the line below its reaction.
    static const std::regex broken_line(
        R"re((?:Reaction::[a-z_]+),\s*\n\s*"([a-z_]+\.[a-z_]+)")re");
    Names below;
    find_all(source, broken_line, Place{file, 0}, below);
    names.merge(below);
    return names;
}

Names names_in_page(const std::string& file, std::string_view page)
{
    static const std::regex row(R"(^\| `([a-z_.]+)` \|)");
    Names names;
    for_each_line(page, [&](int number, std::string_view line) {
        find_all(line, row, Place{file, number}, names);
    });
    return names;
}

std::vector<Finding> compare_names(const Names& given, const Names& explained,
                                   const std::string& page)
{
    std::vector<Finding> findings;
    for (const auto& [name, place] : given)
        if (!explained.contains(name))
            findings.push_back({place.file, place.line,
                                std::string(name).append(" is not explained in ").append(page)});
    for (const auto& [name, place] : explained)
        if (!given.contains(name))
            findings.push_back({place.file, place.line, name + " is a name that nothing gives"});
    return findings;
}

} // namespace crmsync::lint
