"""Definitions that the satisfaction page rests on."""

from cchc_analysis.errors import Language


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms the page uses, each with one or two sentences.

    >>> definitions("en")[0][0]
    'Share satisfied'
    """
    vi = [
        ("Tỷ lệ hài lòng", "Số câu trả lời ở các mức hài lòng (hài lòng và rất hài lòng trên thang năm mức, cách tính SIPAS) trên số câu trả lời hợp lệ. Không ý kiến, bỏ trống và câu không hợp lệ không nằm trong mẫu số."),
        ("Chung và theo yếu tố", "Trung bình tỷ lệ của các câu hỏi, mỗi câu như nhau; gộp mọi câu trả lời đứng bên cạnh. Câu hỏi đánh giá chung không nằm trong số trung bình."),
        ("Trọng số", "Trọng số của tệp (nếu có), điều chỉnh cho khớp số hồ sơ đã giải quyết trong kỳ theo đơn vị và lĩnh vực (nếu có hồ sơ). Kết quả không trọng số đứng bên cạnh."),
        ("Khoảng tin cậy 95%", "Theo thiết kế mẫu: tầng, cụm, trọng số, tổng thể hữu hạn (tuyến tính hóa Taylor), trên thang logit nên luôn nằm trong 0–100%; khi mọi câu trả lời như nhau dùng khoảng Clopper–Pearson. Nếu mọi hồ sơ đều có phiếu thì không có sai số chọn mẫu và không có khoảng."),
        ("Hệ số thiết kế", "Phương sai thực tế chia cho phương sai của mẫu ngẫu nhiên đơn giản cùng cỡ; 2,00 nghĩa là phải có gấp đôi số phiếu để được độ chính xác như nhau."),
        ("Đạt, chưa đạt", "Đạt khi toàn bộ khoảng tin cậy nằm từ mục tiêu trở lên, chưa đạt khi toàn bộ nằm dưới; còn lại là chưa đủ cơ sở kết luận."),
        ("Câu trả lời còn thiếu", "Số câu trả lời không hài lòng ít nhất phải chuyển thành hài lòng để tỷ lệ gộp đạt mục tiêu, mọi thứ khác giữ nguyên."),
        ("Chênh lệch", "Giữa hai đợt, hai đơn vị hoặc hai hình thức: khoảng tin cậy của hiệu hai tỷ lệ (Zou–Donner), không hiệu chỉnh tổng thể hữu hạn vì câu hỏi là cách phục vụ có khác không, không chỉ hồ sơ của kỳ; cùng người trả lời thì tính cả hiệp phương sai; hiệu chỉnh Holm cho nhiều yếu tố, Benjamini–Hochberg cho nhiều đơn vị."),
        ("Cronbach α", "Mức các câu hỏi của một yếu tố đo cùng một điều: từ 0,9 rất tốt, từ 0,8 tốt, từ 0,7 chấp nhận được, dưới 0,7 còn yếu hoặc kém; khoảng tin cậy theo Feldt."),
        ("Mức quan trọng", "Phần của yếu tố trong R² của hồi quy câu hỏi chung theo điểm trung bình các yếu tố, chia theo Shapley (LMG); khoảng 95% bằng lấy mẫu lại. Cho biết mối liên hệ, không phải nguyên nhân."),
    ]  # fmt: skip
    en = [
        ("Share satisfied", "Answers at a satisfied point (satisfied and very satisfied of five points, as in SIPAS) out of valid answers. No opinion, blanks and invalid answers are not in the denominator."),
        ("Overall and by factor", "The mean of the questions' shares, each question the same; all answers pooled stand beside. The overall question is not part of the mean."),
        ("Weights", "Those of the file (where it has them), adjusted to the dossiers resolved in the period by unit and field (where there are dossiers). Unweighted results stand beside."),
        ("95% interval", "Design-based: strata, clusters, weights, finite population (Taylor linearisation), on the logit scale, so that it stays within 0–100%; Clopper–Pearson where all answers are the same. Where every dossier has a form there is no sampling error and no interval."),
        ("Design effect", "Variance over that of a simple random sample of the same size; 2.00 means that twice as many forms are needed for the same precision."),
        ("Met, missed", "Met where the whole interval lies at or above the target, missed where it lies below; otherwise it cannot be told."),
        ("Answers short", "The smallest number of answers that would have to become satisfied for the pooled share to reach the target, all else equal."),
        ("Difference", "Between waves, units or modes: interval of the difference of two shares (Zou–Donner), without finite populations, since the question is whether the service differs and not only the dossiers of the period; with the covariance where respondents are the same; Holm for several factors, Benjamini–Hochberg for many units."),
        ("Cronbach α", "How far the questions of a factor measure one thing: 0.9 and over excellent, 0.8 good, 0.7 acceptable, below 0.7 questionable or poor; interval after Feldt."),
        ("Importance", "Part of a factor in R² of the overall question on the mean points of the factors, divided after Shapley (LMG); 95% bootstrap interval. An association, not a cause."),
    ]  # fmt: skip
    return vi if language == "vi" else en
