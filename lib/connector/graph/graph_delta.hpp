#pragma once

#include "connector/graph/graph_urls.hpp"
#include "model/change.hpp"
#include "model/folder.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::graph {

/// One page of a messages/delta answer. Rows are kept in the order they came: of two for the same
/// item the later one counts (G-62). The link is kept byte for byte.
///
/// Throws Failure(foreign_link, reauthorise) for a link to another host than the configured
/// one, and Failure("graph.unreadable_answer", retry) for an answer without a list or without a
/// link.
Page read_page(const boost::json::value& answer, MailboxId mailbox, const Urls& urls);

/// One row of a mailFolders/delta answer. Of a removed folder only the id is told.
struct FolderRow {
    FolderId id;
    std::optional<Folder> folder; ///< well_known is none: Graph does not tell it here (G-96)
};

/// One page of it, its rows in the order they came: of two for the same folder the later one
/// counts.
struct FolderPage {
    std::vector<FolderRow> rows;
    std::string link;
    bool last = false;
};
FolderPage read_folder_page(const boost::json::value& answer, const Urls& urls);

inline constexpr std::string_view foreign_link = "graph.foreign_link";

/// Throws Failure(foreign_link, reauthorise) where `link` does not lead to the configured
/// Graph: it is not followed, and no token goes there.
void refuse_foreign(std::string_view link, const Urls& urls);

} // namespace crmsync::graph
