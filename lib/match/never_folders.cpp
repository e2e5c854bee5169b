#include "match/never_folders.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace crmsync::match {

namespace {

using Tree = std::map<FolderId, const Folder*>;

/// The folder that the top folders lie in, where the provider lists that one too.
std::optional<FolderId> root_of(const std::vector<Folder>& tree)
{
    for (const Folder& folder : tree)
        if (folder.well_known == WellKnown::inbox)
            return folder.parent;
    return std::nullopt;
}

/// The folder and those above it, the topmost first. A circle ends where it closes.
std::vector<const Folder*> way_to(const Folder& folder, const Tree& tree,
                                  const std::optional<FolderId>& root)
{
    std::vector<const Folder*> way{&folder};
    while (way.back()->parent && way.back()->parent != root) {
        const auto above = tree.find(*way.back()->parent);
        if (above == tree.end() || std::find(way.begin(), way.end(), above->second) != way.end())
            break;
        way.push_back(above->second);
    }
    std::reverse(way.begin(), way.end());
    return way;
}

bool is_called(const Folder& folder, const std::string& name, bool first)
{
    return fold(trim(folder.name)) == name ||
           (first && parse_well_known(name) == folder.well_known);
}

bool lies_in(const std::vector<const Folder*>& way, const std::vector<std::string>& path)
{
    if (way.size() < path.size())
        return false;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (!is_called(*way[i], path[i], i == 0))
            return false;
    return true;
}

Listed verdict(const std::vector<const Folder*>& way, const NeverFolders& list)
{
    const auto named = [&](const Folder* folder) {
        return list.names.contains(folder->well_known);
    };
    const auto holds = [&](const std::vector<std::string>& path) { return lies_in(way, path); };
    const auto doubtful = [](const Folder* folder) {
        return folder->well_known == WellKnown::unknown;
    };
    if (std::any_of(way.begin(), way.end(), named) ||
        std::any_of(list.paths.begin(), list.paths.end(), holds))
        return Listed::yes;
    return std::any_of(way.begin(), way.end(), doubtful) ? Listed::unknown : Listed::no;
}

} // namespace

NeverFolders read_never_folders(const std::vector<std::string>& texts)
{
    NeverFolders list;
    for (const std::string& text : texts) {
        if (const auto known = parse_well_known(trim(text))) {
            list.names.insert(*known);
            continue;
        }
        std::vector<std::string> path;
        for (const std::string_view name : split(text, '/'))
            path.push_back(fold(trim(name)));
        list.paths.push_back(std::move(path));
    }
    return list;
}

FolderVerdicts::FolderVerdicts(const std::vector<Folder>& tree, const NeverFolders& list)
{
    if (list.empty())
        return;
    of_others_ = Listed::unknown;
    const std::optional<FolderId> root = root_of(tree);
    Tree by_id;
    for (const Folder& folder : tree)
        by_id.emplace(folder.id, &folder);
    for (const Folder& folder : tree)
        verdicts_.emplace(folder.id, verdict(way_to(folder, by_id, root), list));
}

Listed FolderVerdicts::of(const FolderId& folder) const
{
    const auto at = verdicts_.find(folder);
    return at == verdicts_.end() ? of_others_ : at->second;
}

} // namespace crmsync::match
