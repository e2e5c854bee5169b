#include "store/columns.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"

#include <map>

namespace crmsync::store {

void add_read_labels(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    std::map<Sha256, const ReadLabels*> latest; // of two words about one item the later counts
    for (const ReadLabels& row : plan.labels_read)
        latest[row.item_hmac] = &row;
    std::vector<pg::Bytes> items, labels, bare;
    for (const auto& [item, row] : latest) {
        if (row->label_hmacs.empty()) {
            bare.push_back(pg::to_bytes(item));
            continue;
        }
        items.push_back(pg::to_bytes(item));
        pg::Bytes& joined = labels.emplace_back();
        for (const Sha256& label : row->label_hmacs)
            joined.value += bytes_of(label);
    }
    if (!items.empty())
        script.add(sql::keep_read_labels, params(mailbox, items, labels));
    if (!bare.empty())
        script.add(sql::forget_read_labels, params(mailbox, bare));
}

} // namespace crmsync::store
