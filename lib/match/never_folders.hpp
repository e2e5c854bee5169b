#pragma once

#include "model/folder.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace crmsync::match {

/// What the list of folders that are never tracked says of one.
enum class Listed {
    no,
    yes,
    unknown ///< perhaps: its well-known name, or where it lies, could not be learned
};

/// privacy.never_folders, in the form it is compared in.
struct NeverFolders {
    std::set<WellKnown> names;
    std::vector<std::vector<std::string>> paths; ///< folded names, from the root

    bool empty() const { return names.empty() && paths.empty(); }
};

/// A text that is a well-known name is one; any other is a path of display names. Its first name
/// may be a well-known one, too, so that "inbox/Private" holds in every language.
NeverFolders read_never_folders(const std::vector<std::string>& texts);

/// Of each folder of a mailbox whether it, or a folder above it, is listed.
class FolderVerdicts {
public:
    FolderVerdicts() = default; ///< nothing is listed
    FolderVerdicts(const std::vector<Folder>& tree, const NeverFolders& list);

    /// A folder that is not in the tree may be any.
    Listed of(const FolderId& folder) const;

private:
    std::map<FolderId, Listed> verdicts_;
    Listed of_others_ = Listed::no;
};

} // namespace crmsync::match
